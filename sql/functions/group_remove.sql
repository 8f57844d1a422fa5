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
    v_conversation int8;
    v_mine         text;
    v_theirs       text;
    v_notice       record;
begin
    -- Asked before, so that no stranger locks the conversation, and again under the lock.
    select r.conversation_id into v_conversation from group_role(p_me, p_group) r;
    if found then
        perform from conversation c where c.id = v_conversation for no key update;
        select r.role into v_mine from group_role(p_me, p_group) r;
        select r.role into v_theirs from group_role(p_user, p_group) r;
    end if;

    if v_mine is null or v_theirs is null then
        problem := 'not-found';
    elsif p_user = p_me and v_mine = 'owner' then
        problem := 'owner';
    elsif p_user <> p_me and
        not (v_mine = 'owner' or v_mine = 'admin' and v_theirs = 'member')
    then
        problem := 'not-allowed';
    else
        select * into v_notice from group_notice(v_conversation,
            case when p_user = p_me then 'member-left' else 'member-removed' end, p_me, p_user);
        update membership m set left_rev = v_notice.seq
         where m.conversation_id = v_conversation and m.user_id = p_user;
        outbox := array[v_notice.outbox_id, group_event(p_user, p_group, v_theirs, true)];
    end if;
    return next;
end
$$;
