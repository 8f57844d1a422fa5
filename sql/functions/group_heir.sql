-- group_heir(conversation, owner): who is to own a group when its owner goes: the oldest admin, else
-- the oldest member; null where there is nobody else. A helper; reads membership.
create or replace function group_heir(p_conversation int8, p_owner int8) returns int8
language sql stable
as $$
    select m.user_id from membership m
     where m.conversation_id = p_conversation and m.user_id <> p_owner and m.left_rev is null
     order by m.role <> 'admin', m.joined_rev, m.user_id
     limit 1
$$;
