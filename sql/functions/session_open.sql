-- session_open(user, token_hash, lifetime_s, user_agent, old_token_hash): a new session for
-- somebody whose password was right; ends the one that the request came with (may be null).
-- outbox: the end of the old one. Writes session, outbox.
create or replace function session_open(
    p_user int8, p_token_hash bytea, p_lifetime_s int, p_user_agent text, p_old_token_hash bytea)
returns table (session_id int8, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    outbox := session_drop(p_old_token_hash);
    session_id := session_add(p_user, p_token_hash, p_lifetime_s, p_user_agent);
    return next;
end
$$;
