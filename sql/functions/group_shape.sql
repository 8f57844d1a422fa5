-- group_shape(user, group): the group as one who is in it sees it, or as one saw it who was in it last,
-- as JSON: in answers and events. A helper. Reads chat_group, conversation, membership, account.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function group_shape(p_user int8, p_group int8) returns jsonb
language plpgsql stable
as $$
begin
    return (
        select jsonb_build_object(
                   'id', g.id, 'name', g.name, 'description', g.description, 'max_members', g.max_members,
                   'role', m.role, 'nickname', m.nickname,
                   'visibility', g.visibility, 'joining', g.joining, 'who_invites', g.who_invites,
                   'history', g.history, 'slow_mode', g.slow_mode, 'muted', g.muted,
                   'muted_until', case when m.muted_until > now() then rfc3339(m.muted_until) end,
                   'avatar', g.avatar_id,
                   'announcement', case when g.announcement <> '' then jsonb_build_object(
                       'text', g.announcement, 'by', user_card(g.announcement_by) - array['username', 'avatar'],
                       'at', rfc3339(g.announcement_at), 'seen', m.announcement_seen >= g.announcement_seq) end,
                   'member_count', (select count(*) from membership x
                                     where x.conversation_id = c.id and x.left_rev is null))
          from chat_group g
          join conversation c on c.group_id = g.id
          join membership m on m.conversation_id = c.id and m.user_id = p_user
         where g.id = p_group);
end
$$;
