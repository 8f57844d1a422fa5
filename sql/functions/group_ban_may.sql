-- group_ban_may(me, group, user): may I ban the user from a group, and so learn who has that id? Only somebody who has
-- to do with the group (is or was in it, is invited, has or had asked), or whom I know by
-- myself (block_may). All others are as ids that nobody has. A helper. Reads account, membership,
-- conversation, group_invitation, group_join_request, group_ban.
create or replace function group_ban_may(p_me int8, p_group int8, p_user int8) returns bool
language sql stable
as $$
    select exists (select from account a where a.id = p_user and a.deleted_at is null) and (
           exists (select from membership m join conversation c on c.id = m.conversation_id
                    where c.group_id = p_group and m.user_id = p_user)
        or exists (select from group_invitation i where i.group_id = p_group and i.user_id = p_user and i.state = 'open')
        or exists (select from group_join_request r where r.group_id = p_group and r.user_id = p_user)
        or exists (select from group_ban b where b.group_id = p_group and b.user_id = p_user)
        or block_may(p_me, p_user))
$$;
