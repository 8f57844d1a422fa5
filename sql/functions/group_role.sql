-- group_role(user, group): the group's conversation and the role that the user has in it now;
-- no row for an unknown group, and for whoever isn't in it. A helper of the group functions.
create or replace function group_role(p_user int8, p_group int8)
returns table (conversation_id int8, role text)
language sql stable
as $$
    select m.conversation_id, m.role
      from conversation c
      join membership m on m.conversation_id = c.id
     where c.group_id = p_group and m.user_id = p_user and m.left_rev is null
$$;
