-- friend_request_answer(me, request, accept): accepts or rejects a request made to me.
-- Accepting again what made the friendship that still is has the same result and does nothing.
-- Problems: not-found: unknown, made by me or to another, or answered already.
-- outbox: the events for both. Writes friend_request and, when it accepts, friendship,
-- conversation, membership.
create or replace function friend_request_answer(p_me int8, p_request int8, p_accept bool)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_from  int8;
    v_state text;
begin
    select r.from_id into v_from from friend_request r where r.id = p_request and r.to_id = p_me;
    if found then
        perform lock_accounts(v_from, p_me);
        select r.state into v_state from friend_request r where r.id = p_request;
    end if;
    if v_state = 'open' and p_accept then
        outbox := friend_request_accept(p_request);
    elsif v_state = 'open' then
        update friend_request r set state = 'rejected', answered_at = now() where r.id = p_request;
        outbox := friend_request_event(p_request);
    elsif v_state = 'accepted' and p_accept and
        exists (select from friendship f where f.user_id = p_me and f.friend_id = v_from)
    then
        outbox := '{}';
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
