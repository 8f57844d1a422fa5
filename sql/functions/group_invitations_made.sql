-- group_invitations_made(me, group): the open invitations into a group, oldest first: all, where I may withdraw any; else my
-- own. There are 100 at most. One row with a problem where I may not see them: not-found, not-allowed
-- (group_invite_refused). Reads group_invitation, account.
select admit_column('group_invitations_made(int8, int8)', 'avatar');
create or replace function group_invitations_made(p_me int8, p_group int8)
returns table (problem text, field text, id int8, user_id int8, username text, name text, avatar uuid,
               from_id int8, from_username text, from_name text, from_avatar uuid, created_at text)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$
declare
    v_all bool;
begin
    problem := group_invite_refused(p_me, p_group);
    if problem is not null then
        return next;
        return;
    end if;
    v_all := group_refused(p_me, p_group, 'manage-invitations') is null;
    return query
    select null, null, i.id, a.id, a.username, a.name, a.avatar_id, f.id, f.username, f.name, f.avatar_id,
           rfc3339(i.created_at)
      from group_invitation i
      join account a on a.id = i.user_id
      join account f on f.id = i.from_id
     where i.group_id = p_group and i.state = 'open' and friend_request_current(i.created_at)
       and (v_all or i.from_id = p_me)
     order by i.id;
end
$$;
