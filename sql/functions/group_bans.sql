-- group_bans(me, group, after, limit): who is banned from a group, by id, those above `after`, `limit` at most; and by whom.
-- One row with a problem where I may not see them: not-found, not-allowed. Reads group_ban, account.
select admit_column('group_bans(int8, int8, int8, int)', 'avatar');
create or replace function group_bans(p_me int8, p_group int8, p_after int8, p_limit int)
returns table (problem text, field text, id int8, username text, name text, avatar uuid, at text,
               by_id int8, by_name text)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$
begin
    problem := group_refused(p_me, p_group, 'ban');
    if problem is not null then
        return next;
        return;
    end if;
    return query
    select null, null, a.id, a.username, a.name, a.avatar_id, rfc3339(b.created_at), y.id, y.name
      from group_ban b
      join account a on a.id = b.user_id
      join account y on y.id = b.by_id
     where b.group_id = p_group and b.user_id > p_after
     order by b.user_id limit p_limit;
end
$$;
