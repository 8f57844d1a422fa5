-- sessions_drop(user, one, but): ends the user's session `one`, or all where that is null, but for
-- the session `but` (may be null). Returns the ids of the outbox rows that tell every worker, and
-- the token hashes of what was ended, in hexadecimal and with spaces between, for the caches.
-- A helper of sessions_end, password_change and account_delete.
create or replace function sessions_drop(p_user int8, p_one int8, p_but int8)
returns table (outbox int8[], ended text)
language sql
as $$
    with gone as (
        delete from session s
         where s.user_id = p_user and s.id = coalesce(p_one, s.id) and s.id is distinct from p_but
        returning s.id, s.token_hash
    ), posted as (
        insert into outbox (type, user_id, session_id)
        select 'session-end', p_user, g.id from gone g
        returning id
    )
    select coalesce((select array_agg(p.id) from posted p), '{}'),
           coalesce((select string_agg(encode(g.token_hash, 'hex'), ' ') from gone g), '')
$$;
