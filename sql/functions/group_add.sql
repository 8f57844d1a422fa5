-- group_add(me, group, user): an owner or admin adds a friend.
-- Problems, in this order: not-found (an unknown group, or I am not in it), not-allowed (a plain
-- member), not-friends (user_id; also for an unknown user), already-member (user_id), banned (user_id),
-- group-full.
-- Under the conversation's lock, so of 50 at once for the last place one succeeds.
-- outbox: the notice, and the event for the one who was added. Reads friendship, block, membership;
-- writes as group_join.
create or replace function group_add(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine   record;
    v_theirs record;
begin
    select * into v_mine from group_enter(p_me, p_group, 'add');
    if v_mine.problem is not null then
        problem := v_mine.problem;
        return next;
        return;
    end if;
    select * into v_theirs from standing_in(p_user, p_group);
    if not may('add-to-group', standing_with(p_me, p_user)) then
        problem := 'not-friends';
        field := 'user_id';
    elsif v_theirs.role is not null then
        problem := 'already-member';
        field := 'user_id';
    elsif v_theirs.standing = 'banned' then
        problem := 'banned';
        field := 'user_id';
    elsif not group_has_room(v_mine.conversation_id, p_group) then
        problem := 'group-full';
    else
        outbox := group_join(v_mine.conversation_id, p_group, p_user, 'member-added', p_me);
    end if;
    return next;
end
$$;
