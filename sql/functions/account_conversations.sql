-- account_conversations(user, keep): the conversations that the end of the user's account touches: where messages are kept,
-- those in which the user may write; else all that the user ever was in; and those that the user has asked to
-- join, since their admins are told. A helper of account_delete, and without an order and not inlined: asked
-- whether there are others, one would go through all there are. Reads membership, conversation, friendship, group_join_request.
drop function if exists account_conversations(int8, bool);     -- of before 0016: another name for keep
create or replace function account_conversations(p_user int8, p_keep bool) returns table (id int8)
language sql stable
set enable_seqscan = off
as $$
    select m.conversation_id from membership m where m.user_id = p_user and not p_keep
     union
    select c.id
      from membership m join conversation c on c.id = m.conversation_id
     where m.user_id = p_user and p_keep and c.kind = 'group' and m.left_rev is null
     union
    select f.conversation_id from friendship f where f.user_id = p_user and p_keep
     union
    select c.id
      from group_join_request r join conversation c on c.group_id = r.group_id
     where r.user_id = p_user and r.state = 'open'
$$;
