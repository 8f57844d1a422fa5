-- group_member_nickname(conversation, by, user, nickname): gives a member a name in the group, by a notice;
-- '' for none. Returns the outbox rows' ids: none where it was so, or nickname is null. A helper of
-- group_member_change. Writes membership, conversation, message.
create or replace function group_member_nickname(p_conversation int8, p_by int8, p_user int8, p_nickname text)
returns int8[]
language plpgsql
as $$
begin
    update membership m set nickname = p_nickname
     where m.conversation_id = p_conversation and m.user_id = p_user and m.nickname <> p_nickname;
    if not found then
        return '{}';
    end if;
    return array(select n.outbox_id from group_notice(p_conversation, 'member-nickname', p_by, p_user,
        jsonb_build_object('nickname', p_nickname)) n);
end
$$;
