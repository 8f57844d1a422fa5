-- standing_in(user, group): the group's conversation, the user's standing towards the group (see
-- permissions_load), and the role of one who is in it now. No row for a group that isn't there, or no
-- longer. A helper. Reads conversation, chat_group, membership.
drop function if exists group_role(int8, int8);
create or replace function standing_in(p_user int8, p_group int8)
returns table (conversation_id int8, standing text, role text)
language sql stable
as $$
    select c.id,
           case when m.user_id is null then 'stranger'
                when m.left_rev is not null then 'removed'
                else member_standing(m.role, m.muted_until, g.muted) end,
           case when m.left_rev is null then m.role end
      from chat_group g
      join conversation c on c.group_id = g.id
      left join membership m on m.conversation_id = c.id and m.user_id = p_user
     where g.id = p_group and g.dissolved_at is null
$$;
