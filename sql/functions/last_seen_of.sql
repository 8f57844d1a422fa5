-- last_seen_of(me, users): when those of them who are friends of mine were last online, where that is
-- known and they let friends know; in the order of p_users. Reads friendship, account, seen.
create or replace function last_seen_of(p_me int8, p_users int8[])
returns table (user_id int8, last_seen text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select s.user_id, rfc3339(s.at)
      from unnest(p_users) with ordinality as u (id, place)
      join friendship f on f.user_id = p_me and f.friend_id = u.id
      join seen s on s.user_id = u.id
      join account a on a.id = u.id
     where a.last_seen = 'friends'
     order by u.place
$$;
