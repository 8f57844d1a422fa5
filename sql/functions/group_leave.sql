-- group_leave(conversation, group, user, what, by): the user goes out of the group, by a notice of that
-- kind ('member-left', ...), which is the last that the user sees. Returns the outbox rows' ids: the
-- notice's, and that of the user's event. A helper; the caller has locked the conversation, and knows
-- that the user is in it. Writes membership, message, conversation.
create or replace function group_leave(p_conversation int8, p_group int8, p_user int8, p_what text, p_by int8)
returns int8[]
language plpgsql
as $$
declare
    v_notice record;
begin
    select * into v_notice from group_notice(p_conversation, p_what, p_by, p_user);
    update membership m set left_rev = v_notice.seq, nickname = ''
     where m.conversation_id = p_conversation and m.user_id = p_user;
    return array[v_notice.outbox_id, group_event(p_user, p_group, true)];
end
$$;
