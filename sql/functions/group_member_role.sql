-- group_member_role(conversation, by, user, role): makes a member an admin or a plain member, by a notice.
-- Whoever becomes an admin may write again. Returns the outbox rows' ids: none where it was so, or role is
-- null. A helper of group_member_change. Writes membership, conversation, message.
create or replace function group_member_role(p_conversation int8, p_by int8, p_user int8, p_role text) returns int8[]
language plpgsql
as $$
begin
    update membership m
       set role = p_role, muted_until = case p_role when 'admin' then null else m.muted_until end
     where m.conversation_id = p_conversation and m.user_id = p_user and m.role <> p_role;
    if not found then
        return '{}';
    end if;
    return array(select n.outbox_id from group_notice(p_conversation,
        case p_role when 'admin' then 'member-promoted' else 'member-demoted' end, p_by, p_user) n);
end
$$;
