-- friend_page(me, after, limit): my friends whose ids are above `after`, by id, `limit` of them at most.
-- since: when we became so. Reads friendship, account.
select admit_column('friend_page(int8, int8, int)', 'avatar');
create or replace function friend_page(p_me int8, p_after int8, p_limit int)
returns table (id int8, username text, name text, status text, remark text, list_id int8, since text, avatar uuid)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.username, a.name, a.status, f.remark, coalesce(f.list_id, 0),
           rfc3339(f.created_at), a.avatar_id
      from friendship f join account a on a.id = f.friend_id
     where f.user_id = p_me and f.friend_id > p_after
     order by f.friend_id limit p_limit
$$;
