-- session_find(token_hash, address): whose session this is; no row when it is unknown or expired.
-- Notes the use and where it came from, but once an hour at most: a request must not be a write.
-- Reads and writes session.
drop function if exists session_find(bytea);
create or replace function session_find(p_token_hash bytea, p_address text default null)
returns table (user_id int8, session_id int8)
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_stale bool;
begin
    select s.user_id, s.id, s.last_used_at < now() - interval '1 hour'
      into user_id, session_id, v_stale
      from session s where s.token_hash = p_token_hash and s.expires_at > now();
    if not found then
        return;
    end if;
    if v_stale then
        update session s set last_used_at = now(), address = left(coalesce(p_address, s.address), 64)
         where s.id = session_id and s.last_used_at < now() - interval '1 hour';
    end if;
    return next;
end
$$;
