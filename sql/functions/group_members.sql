-- group_members(conversation): who is in the group now, as JSON: owner, admins, members, each by name. A
-- helper of group_look. Reads membership, account.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function group_members(p_conversation int8) returns jsonb
language plpgsql stable
as $$
begin
    return (
        select jsonb_agg(jsonb_build_object(
                   'id', a.id, 'username', a.username, 'name', a.name, 'avatar', a.avatar_id,
                   'role', m.role, 'nickname', m.nickname,
                   'muted_until', case when m.muted_until > now() then rfc3339(m.muted_until) end)
               order by array_position(array['owner', 'admin', 'member'], m.role), a.name, a.id)
          from membership m
          join account a on a.id = m.user_id
         where m.conversation_id = p_conversation and m.left_rev is null);
end
$$;
