-- account_conversations(user, groups_only): the conversations that the end of the user's account
-- touches: the groups that the user is in, or all that the user ever was in; and those that the user
-- has asked to join, since their admins are told. A helper of account_delete, and without an order: asked
-- whether there are others, one would go through all there are. Reads membership, conversation,
-- group_join_request.
create or replace function account_conversations(p_user int8, p_groups_only bool) returns table (id int8)
language sql stable
as $$
    select m.conversation_id from membership m where m.user_id = p_user and not p_groups_only
     union
    select c.id
      from membership m join conversation c on c.id = m.conversation_id
     where m.user_id = p_user and p_groups_only and c.kind = 'group' and m.left_rev is null
     union
    select c.id
      from group_join_request r join conversation c on c.group_id = r.group_id
     where r.user_id = p_user and r.state = 'open'
$$;
