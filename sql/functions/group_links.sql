-- group_links(me, group): the links into a group that haven't expired, oldest first: all, where I may revoke any; else my own.
-- There are 100 at most. One row with a problem where I may not see them: not-found, not-allowed
-- (group_invite_refused). Reads group_link, account.
create or replace function group_links(p_me int8, p_group int8)
returns table (problem text, field text, id int8, user_id int8, name text, expires_at text, max_uses int, uses int)
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
    select null, null, l.id, a.id, a.name, rfc3339(l.expires_at), l.max_uses, l.uses
      from group_link l join account a on a.id = l.by_id
     where l.group_id = p_group and l.expires_at > now() and (v_all or l.by_id = p_me)
     order by l.id;
end
$$;
