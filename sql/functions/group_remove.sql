-- group_remove(me, group, user): leaves a group (user is me), or removes a member from it.
-- Problems: not-found (an unknown group, I am not in it, or the user isn't), owner (the owner
-- can't leave), not-allowed (a member removes another, an admin an admin or the owner).
-- The one who goes sees the notice of it, and nothing later.
-- outbox: the notice, and the event for the one who went. Writes membership, conversation,
-- message.
create or replace function group_remove(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine   record;
    v_theirs text;
    v_action text;
begin
    -- Whether there is such a member is said to everybody in the group.
    select * into v_mine from group_enter(p_me, p_group, 'see-group');
    v_theirs := (select s.role from standing_in(p_user, p_group) s);
    v_action := case when p_user = p_me then 'leave' else 'remove-' || v_theirs end;
    if v_mine.problem is not null or v_theirs is null then
        problem := 'not-found';
    elsif may(v_action, v_mine.standing) then
        outbox := group_leave(v_mine.conversation_id, p_group, p_user,
            case when p_user = p_me then 'member-left' else 'member-removed' end, p_me);
    else
        problem := case when p_user = p_me then 'owner' else 'not-allowed' end;
    end if;
    return next;
end
$$;
