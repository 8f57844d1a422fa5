-- join_request_answer(me, group, user, accept): lets somebody in who has asked, or doesn't. Accepting again whom
-- it made the member that this one still is has the same result and does nothing.
-- Problems: not-found (I am not in the group; the user has no open request), not-allowed, group-full: it
-- stays open.
-- outbox: the notice, and the events. Writes group_join_request and, when it accepts, what group_join does.
create or replace function join_request_answer(p_me int8, p_group int8, p_user int8, p_accept bool)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
    v_id   int8;
begin
    select * into v_mine from group_enter(p_me, p_group, 'answer-requests');
    if v_mine.problem is not null then
        problem := v_mine.problem;
        return next;
        return;
    end if;
    if exists (select from group_join_request r where r.group_id = p_group and r.user_id = p_user) then
        perform joining_lock(v_mine.conversation_id, p_user, false);
    end if;
    select r.id into v_id from group_join_request r
     where r.group_id = p_group and r.user_id = p_user and r.state = 'open'
       and friend_request_current(r.created_at);
    if found and not p_accept then
        update group_join_request r set state = 'rejected', answered_at = now() where r.id = v_id;
        outbox := join_request_event(v_id);
    elsif found and not group_has_room(v_mine.conversation_id, p_group) then
        problem := 'group-full';
    elsif found then
        outbox := group_join(v_mine.conversation_id, p_group, p_user, 'member-added', p_me);
    elsif p_accept and group_member(p_user, p_group)
        and exists (select from group_join_request r
                     where r.group_id = p_group and r.user_id = p_user and r.state = 'accepted')
    then
        outbox := '{}';
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
