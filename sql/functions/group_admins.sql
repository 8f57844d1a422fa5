-- group_admins(conversation): who answers requests to join, by id: the owner and the admins. Certain under the
-- conversation's lock. A helper. Reads membership.
create or replace function group_admins(p_conversation int8) returns setof int8
language sql stable
as $$
    select m.user_id from membership m
     where m.conversation_id = p_conversation and m.left_rev is null and m.role in ('owner', 'admin')
     order by 1
$$;
