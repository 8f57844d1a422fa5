-- last_seen_of(me, users): when those of them who are friends of mine were last online, where that is
-- known and they let friends know; by id. Reads friendship, account, seen.
create or replace function last_seen_of(p_me int8, p_users int8[])
returns table (user_id int8, last_seen text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select s.user_id, rfc3339(s.at)
      from friendship f
      join seen s on s.user_id = f.friend_id
      join account a on a.id = f.friend_id
     where f.user_id = p_me and f.friend_id = any (p_users) and a.last_seen = 'friends'
     order by f.friend_id
$$;
