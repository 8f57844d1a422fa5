-- group_invite_refused(me, group): why I may not invite others into a group, by name or by a link; null
-- where I may. The group says whether its plain members may. A helper; see group_refused.
create or replace function group_invite_refused(p_me int8, p_group int8) returns text
language sql stable
as $$
    select case g.who_invites when 'members' then group_refused(p_me, p_group, 'invite-as-member')
                else group_refused(p_me, p_group, 'invite') end
      from (select p_group as id) x left join chat_group g on g.id = x.id
$$;
