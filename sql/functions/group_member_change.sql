-- group_member_change(me, group, user, role, mute_for, nickname): makes a member an admin or a plain member,
-- keeps him or her from writing for so many seconds (0: no longer), gives a name in the group; null is
-- what stays. All or nothing. user may be me.
-- Problems: not-found (group_refusal; or the user isn't in the group); not-allowed: one of it.
-- outbox: a notice for each that changes, and the user's event. Writes membership, conversation, message.
create or replace function group_member_change(
    p_me int8, p_group int8, p_user int8, p_role text, p_mute_for int, p_nickname text)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
    v_role text;
begin
    -- Whether there is such a member is said to everybody in the group.
    select * into v_mine from group_enter(p_me, p_group, 'see-group');
    v_role := (select s.role from standing_in(p_user, p_group) s);
    if v_mine.problem is not null or v_role is null then
        problem := 'not-found';
    elsif p_role is not null and (v_role = 'owner' or not may('set-role', v_mine.standing))
        or p_mute_for is not null and not may('mute-' || v_role, v_mine.standing)
        or p_nickname is not null and not may(
            'nickname-' || case when p_user = p_me then 'self' else v_role end, v_mine.standing)
    then
        problem := 'not-allowed';
    else
        outbox := group_member_role(v_mine.conversation_id, p_me, p_user, p_role)
            || group_member_mute(v_mine.conversation_id, p_me, p_user, p_mute_for)
            || group_member_nickname(v_mine.conversation_id, p_me, p_user, p_nickname);
        if outbox <> '{}' then
            outbox := outbox || group_event(p_user, p_group, false);
        end if;
    end if;
    return next;
end
$$;
