-- session_add(user, token_hash, lifetime_s, user_agent, address): opens a session and forgets this
-- user's expired ones. Returns its id. A helper of session_open and account_register.
drop function if exists session_add(int8, bytea, int, text);
create or replace function session_add(
    p_user int8, p_token_hash bytea, p_lifetime_s int, p_user_agent text, p_address text)
returns int8
language sql
as $$
    delete from session s where s.user_id = p_user and s.expires_at <= now();
    insert into session (user_id, token_hash, user_agent, address, expires_at)
    values (p_user, p_token_hash, left(coalesce(p_user_agent, ''), 255), left(coalesce(p_address, ''), 64),
            now() + make_interval(secs => p_lifetime_s))
    returning id
$$;
