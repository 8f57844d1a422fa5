-- friend_ids(user): the ids of this user's friends, who may see whether the user is online.
-- Reads friendship.
create or replace function friend_ids(p_user int8) returns table (user_id int8)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select f.friend_id from friendship f where f.user_id = p_user order by f.friend_id
$$;
