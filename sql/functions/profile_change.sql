-- profile_change(me, name, status): what others see of me; null leaves each as it is. What holds then.
-- All friends are told, each under an own me_rev; members of my groups see it when they load next.
-- Problems: busy: a new friend came in between, whose account another transaction has: try again.
-- outbox: my event and each friend's, none where nothing changes. Writes account; reads friendship.
create or replace function profile_change(p_me int8, p_name text, p_status text)
returns table (problem text, field text, id int8, username text, name text, status text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_friends int8[];
    v_new     int8[];
begin
    outbox := '{}';
    if exists (select from account a where a.id = p_me and a.deleted_at is null
                  and (a.name <> p_name or a.status <> p_status)) then
        -- All accounts in the order of their ids. Friends who came until my own was locked are locked
        -- out of that order, so without waiting.
        v_friends := array(select f.friend_id from friendship f where f.user_id = p_me);
        perform from account a where a.id = any (v_friends || p_me) order by a.id for no key update;
        v_new := array(select f.friend_id from friendship f
                        where f.user_id = p_me and f.friend_id <> all (v_friends));
        if (select count(*) from (select from account a where a.id = any (v_new)
                                     for no key update skip locked) l) < cardinality(v_new)
        then
            problem := 'busy';
            outbox := null;
            return next;
            return;
        end if;

        update account a set name = coalesce(p_name, a.name), status = coalesce(p_status, a.status)
         where a.id = p_me and a.deleted_at is null;
        if not found then                       -- it was deleted while this waited for the locks
            return;
        end if;
        outbox := user_event(p_me, 'me', jsonb_build_object('me', user_card(p_me) ||
            jsonb_build_object('status', (select a.status from account a where a.id = p_me))))
            || profile_events(p_me);
    end if;
    select a.id, a.username, a.name, a.status into id, username, name, status
      from account a where a.id = p_me and a.deleted_at is null;
    if found then
        return next;
    end if;
end
$$;
