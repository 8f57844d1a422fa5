-- presence_friends(users, gone): whom to tell that these people came, went, or are there in another way.
-- Of those who are gone (the same array's places) it notes the time, where their friends may know, and
-- gives it. Nobody is missing for want of friends. Reads account, friendship; writes seen.
create or replace function presence_friends(p_users int8[], p_gone bool[])
returns table (user_id int8, last_seen text, friends int8[])
language plpgsql security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    insert into seen as s (user_id, at)
    select distinct a.id, now()
      from unnest(p_users, p_gone) as u (user_id, gone)
      join account a on a.id = u.user_id
     where u.gone and a.last_seen = 'friends' and a.deleted_at is null
     order by a.id
    on conflict (user_id) do update set at = excluded.at;

    return query
    select u.user_id, case when u.gone then rfc3339(s.at) end,
           array(select f.friend_id from friendship f where f.user_id = u.user_id order by f.friend_id)
      from unnest(p_users, p_gone) as u (user_id, gone)
      left join seen s on s.user_id = u.user_id;
end
$$;
