-- group_join(conversation, group, user, what, by): the user comes into the group, by a notice of that kind
-- ('member-added', ...), and sees of the time before what the group's setting says. Returns the outbox
-- rows' ids: the notice's, and those of the events. What was open between the two, an invitation or a
-- request, is accepted with it. Whoever deletes the account at that time is led out again. A helper;
-- the caller has locked the conversation, and knows that there is room and that the user isn't in it.
-- Writes membership, past_membership, message, conversation, group_invitation, group_join_request.
create or replace function group_join(p_conversation int8, p_group int8, p_user int8, p_what text, p_by int8)
returns int8[]
language plpgsql
as $$
declare
    v_outbox int8[];
    v_notice record;
begin
    -- Before the membership, whose foreign key holds the user's account: the others' may come first.
    perform joining_lock(p_conversation, p_user, false);
    select * into v_notice from group_notice(p_conversation, p_what, p_by, p_user);
    perform membership_begin(p_conversation, p_user, 'member', v_notice.seq,
        (select 1 from chat_group g where g.id = p_group and g.history = 'all'));
    v_outbox := array[v_notice.outbox_id, group_event(p_user, p_group, false)]
        || joining_close(p_group, p_user, 'accepted', 'accepted');
    if exists (select from account a where a.id = p_user and a.deleted_at is not null) then
        select * into v_notice from group_notice(p_conversation, 'member-left', p_user, p_user);
        update membership m set left_rev = v_notice.seq
         where m.conversation_id = p_conversation and m.user_id = p_user;
        v_outbox := v_outbox || v_notice.outbox_id;
    end if;
    return v_outbox;
end
$$;
