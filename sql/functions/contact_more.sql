-- contact_more(user, conversation, contact_type, contact_id): what a contact has beyond that which
-- catch_up has columns for. The worker writes these members as they are, so another one is a matter of
-- this function alone; none may have the name of one that the worker writes itself. Of a group that I left I see the picture
-- no longer. A helper, inlined. Reads account, chat_group, membership, message.
create or replace function contact_more(
    p_user int8, p_conversation int8, p_contact_type text, p_contact_id int8)
returns table (more jsonb)
language sql stable
as $$
    select v.view || jsonb_build_object('avatar', case p_contact_type
               when 'group' then (
                   select g.avatar_id from chat_group g
                     join membership m on m.conversation_id = p_conversation and m.user_id = p_user
                    where g.id = p_contact_id and m.left_rev is null)
               else (select a.avatar_id from account a where a.id = p_contact_id) end,
               'mentioned', case p_contact_type when 'group' then (
                   select n.mentioned from membership m cross join lateral mentioned_of(p_user, p_conversation, m.read_seq) n
                    where m.conversation_id = p_conversation and m.user_id = p_user)
               else 0 end)
      from view_of(p_user, p_conversation) v
$$;
