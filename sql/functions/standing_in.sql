-- standing_in(user, group): the group's conversation, the user's standing towards the group (see
-- permissions_load), and the role of one who is in it now. No row for a group that isn't there, or no
-- longer. A helper. Reads conversation, chat_group, membership,
-- group_ban, group_invitation.
drop function if exists group_role(int8, int8);
create or replace function standing_in(p_user int8, p_group int8)
returns table (conversation_id int8, standing text, role text)
language sql stable
as $$
    select c.id,
           case when m.user_id is not null and m.left_rev is null
                then member_standing(m.role, m.muted_until, g.muted)
                when exists (select from group_ban b where b.group_id = g.id and b.user_id = p_user) then 'banned'
                when exists (select from group_invitation i
                              where i.group_id = g.id and i.user_id = p_user and i.state = 'open'
                                and friend_request_current(i.created_at)) then 'invited'
                when m.user_id is not null then 'removed'
                else 'stranger' end,
           case when m.left_rev is null then m.role end
      from chat_group g
      join conversation c on c.group_id = g.id
      left join membership m on m.conversation_id = c.id and m.user_id = p_user
     where g.id = p_group and g.dissolved_at is null
$$;
