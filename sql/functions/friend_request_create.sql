-- friend_request_create(me, username, note): friend_request_ask for a worker of before migration 0006,
-- which can't say when to come again.
create or replace function friend_request_create(p_me int8, p_username text, p_note text)
returns table (problem text, field text, request_id int8, accepted bool, outbox int8[])
language sql security definer set search_path = magpie, pg_temp
as $$
    select a.problem, a.field, a.request_id, a.accepted, a.outbox
      from friend_request_ask(p_me, p_username, p_note, null) a
$$;
