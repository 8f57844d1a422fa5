-- group_add(me, group, user): an owner or admin adds a friend.
-- Problems, in this order: not-found (an unknown group, or I am not in it), not-allowed (a plain
-- member), not-friends (user_id; also for an unknown user), already-member (user_id), group-full.
-- Under the conversation's lock, so of 50 at once for the last place one succeeds.
-- outbox: the notice, and the event for the one who was added. Reads friendship; writes
-- membership, past_membership, conversation, message.
create or replace function group_add(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_conversation int8;
    v_role         text;
    v_notice       record;
begin
    -- Asked before, so that no stranger locks the conversation, and again under the lock.
    select r.conversation_id into v_conversation from group_role(p_me, p_group) r;
    if found then
        perform from conversation c where c.id = v_conversation for no key update;
        select r.role into v_role from group_role(p_me, p_group) r;
    end if;

    if v_role is null then
        problem := 'not-found';
    elsif v_role not in ('owner', 'admin') then
        problem := 'not-allowed';
    elsif not exists (select from friendship f where f.user_id = p_me and f.friend_id = p_user) then
        problem := 'not-friends';
        field := 'user_id';
    elsif exists (select from membership m where m.conversation_id = v_conversation
                     and m.user_id = p_user and m.left_rev is null) then
        problem := 'already-member';
        field := 'user_id';
    elsif (select count(*) from membership m
            where m.conversation_id = v_conversation and m.left_rev is null)
        >= (select g.max_members from chat_group g where g.id = p_group)
    then
        problem := 'group-full';
    else
        select * into v_notice from group_notice(v_conversation, 'member-added', p_me, p_user);
        perform membership_begin(v_conversation, p_user, 'member', v_notice.seq, null);
        outbox := array[v_notice.outbox_id, group_event(p_user, p_group, 'member', false)];
        -- Whoever deleted the account while this one waited for it is led out again.
        if exists (select from account a where a.id = p_user and a.deleted_at is not null) then
            select * into v_notice from group_notice(v_conversation, 'member-left', p_user, p_user);
            update membership m set left_rev = v_notice.seq
             where m.conversation_id = v_conversation and m.user_id = p_user;
            outbox := outbox || v_notice.outbox_id;
        end if;
    end if;
    return next;
end
$$;
