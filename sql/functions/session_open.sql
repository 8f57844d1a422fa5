-- session_open(user, token_hash, lifetime_s, user_agent, old_token_hash, address, password_hash):
-- a new session for somebody whose password was right; ends the one that the request came with
-- (may be null). password_hash is the one that was compared with; null is not asked for.
-- Problems: bad-credentials: the password was changed, or the account deleted, since it was compared.
-- outbox: the end of the old one. Reads account; writes session, outbox.
drop function if exists session_open(int8, bytea, int, text, bytea);
create or replace function session_open(
    p_user int8, p_token_hash bytea, p_lifetime_s int, p_user_agent text, p_old_token_hash bytea,
    p_address text default null, p_password_hash text default null)
returns table (problem text, field text, session_id int8, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    -- The lock keeps a change of the password, which ends all sessions, from overlooking this one.
    perform from account a
      where a.id = p_user and a.deleted_at is null
        and a.password_hash = coalesce(p_password_hash, a.password_hash)
        for share;
    if not found then
        problem := 'bad-credentials';
    else
        outbox := session_drop(p_old_token_hash);
        session_id := session_add(p_user, p_token_hash, p_lifetime_s, p_user_agent, p_address);
    end if;
    return next;
end
$$;
