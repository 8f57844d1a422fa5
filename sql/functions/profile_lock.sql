-- profile_lock(user): locks the user's account and those of all friends, in the order of their ids: what
-- others see of the user is about to change. False: a new friend came in between, whose account another
-- transaction has. A helper; reads friendship.
create or replace function profile_lock(p_user int8) returns bool
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
    v_friends int8[] := array(select f.friend_id from friendship f where f.user_id = p_user);
    v_new     int8[];
begin
    -- Friends who came until the user's own was locked are locked out of that order, so without waiting.
    perform from account a where a.id = any (v_friends || p_user) order by a.id for no key update;
    v_new := array(select f.friend_id from friendship f
                    where f.user_id = p_user and f.friend_id <> all (v_friends));
    return (select count(*) from (select from account a where a.id = any (v_new)
                                     for no key update skip locked) l) = cardinality(v_new);
end
$$;
