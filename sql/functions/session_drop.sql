-- session_drop(token_hash): ends that session, if there is one. Returns the ids of its
-- outbox rows (none or one). A helper of session_end, session_open and account_register.
create or replace function session_drop(p_token_hash bytea) returns int8[]
language sql
as $$
    with ended as (
        delete from session s where s.token_hash = p_token_hash returning s.id, s.user_id
    ), posted as (
        insert into outbox (type, user_id, session_id)
        select 'session-end', e.user_id, e.id from ended e
        returning id
    )
    select coalesce(array_agg(p.id), '{}') from posted p
$$;
