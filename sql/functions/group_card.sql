-- group_card(group, user): a group as somebody sees it who may know of it but need not be in it. standing is
-- the user's: stranger, invited, asked, removed; or member, whatever the role. A helper. Reads chat_group, conversation,
-- membership, group_join_request.
create or replace function group_card(p_group int8, p_user int8) returns jsonb
language sql stable
as $$
    select jsonb_build_object('id', g.id, 'name', g.name, 'description', g.description,
               'max_members', g.max_members,
               'member_count', (select count(*) from membership o where o.conversation_id = c.id and o.left_rev is null),
               'visibility', g.visibility, 'joining', g.joining, 'avatar', g.avatar_id, 'role', m.role,
               'standing', case when m.role is not null then 'member'
                                when s.standing = 'invited' then 'invited'
                                when exists (select from group_join_request r
                                              where r.group_id = g.id and r.user_id = p_user and r.state = 'open'
                                                and friend_request_current(r.created_at)) then 'asked'
                                else coalesce(s.standing, 'stranger') end)
      from chat_group g
      join conversation c on c.group_id = g.id
      left join membership m on m.conversation_id = c.id and m.user_id = p_user and m.left_rev is null
      left join standing_in(p_user, p_group) s on true
     where g.id = p_group
$$;
