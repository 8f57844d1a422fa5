-- friends(me): all my friends, by name. Reads friendship, account. For workers of before migration
-- 0006, which know neither lists nor status (friend_page has both).
create or replace function friends(p_me int8)
returns table (id int8, username text, name text, remark text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.username, a.name, f.remark
      from friendship f join account a on a.id = f.friend_id
     where f.user_id = p_me
     order by a.name, a.id
$$;
