-- join_request_withdraw(me, group): takes back my open request to join a group. Problems: not-found: I have none.
-- outbox: the events. Writes group_join_request.
create or replace function join_request_withdraw(p_me int8, p_group int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_id           int8;
    v_conversation int8;
begin
    select r.id, c.id into v_id, v_conversation
      from group_join_request r join conversation c on c.group_id = r.group_id
     where r.group_id = p_group and r.user_id = p_me and r.state = 'open' and friend_request_current(r.created_at);
    if found then
        perform joining_lock(v_conversation, p_me, false);
        update group_join_request r set state = 'withdrawn', answered_at = now()
         where r.id = v_id and r.state = 'open';
        if not found then
            v_id := null;
        end if;
    end if;
    if v_id is null then
        problem := 'not-found';
    else
        outbox := join_request_event(v_id);
    end if;
    return next;
end
$$;
