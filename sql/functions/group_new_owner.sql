-- group_new_owner(conversation, old, new, role): the group is the new one's, who may write in any case; the
-- old one has that role. A helper; the caller has locked the conversation. Writes membership.
create or replace function group_new_owner(p_conversation int8, p_old int8, p_new int8, p_role text) returns void
language sql
as $$
    update membership m
       set role = case m.user_id when p_new then 'owner' else p_role end,
           muted_until = case m.user_id when p_new then null else m.muted_until end
     where m.conversation_id = p_conversation and m.user_id in (p_old, p_new)
$$;
