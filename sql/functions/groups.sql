-- groups(me): the groups that I am in, by name. Reads membership, conversation, chat_group.
create or replace function groups(p_me int8)
returns table (id int8, name text, description text, max_members int, role text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select g.id, g.name, g.description, g.max_members, m.role
      from membership m
      join conversation c on c.id = m.conversation_id
      join chat_group g on g.id = c.group_id
     where m.user_id = p_me and m.left_rev is null
     order by g.name, g.id
$$;
