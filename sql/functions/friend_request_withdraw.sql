-- friend_request_withdraw(me, request): takes back a request of mine that nobody has answered.
-- Problems: not-found: unknown, made by another, answered or withdrawn already, or too old.
-- outbox: the events for both. Writes friend_request.
create or replace function friend_request_withdraw(p_me int8, p_request int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_to int8;
begin
    select r.to_id into v_to from friend_request r where r.id = p_request and r.from_id = p_me;
    if found then
        perform lock_accounts(p_me, v_to);
    end if;
    if v_to is not null and exists (
        select from friend_request r
         where r.id = p_request and r.state = 'open' and friend_request_current(r.created_at))
    then
        outbox := friend_request_close(p_request, 'withdrawn');
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
