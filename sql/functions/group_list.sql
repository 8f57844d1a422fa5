-- group_list(me, after, limit): the groups that I am in, whose ids are above `after`, by id, `limit` of them
-- at most; shape: see group_shape. Reads membership, conversation, chat_group, account.
create or replace function group_list(p_me int8, p_after int8, p_limit int)
returns table (id int8, shape text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select c.group_id, group_shape(p_me, c.group_id)::text
      from membership m
      join conversation c on c.id = m.conversation_id
     where m.user_id = p_me and m.left_rev is null and c.group_id > p_after
     order by c.group_id limit p_limit
$$;
