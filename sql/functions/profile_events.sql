-- profile_events(user): tells all friends of this user what they see of the user now: user_event for
-- many at once. Returns the outbox rows' ids. A helper; all these accounts are locked already.
-- Reads friendship; writes account, outbox.
create or replace function profile_events(p_user int8) returns int8[]
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
    v_ids int8[];
begin
    with told as (
        update account a set me_rev = a.me_rev + 1
          from friendship mine
          join friendship f on f.user_id = mine.friend_id and f.friend_id = mine.user_id
         where mine.user_id = p_user and a.id = f.user_id
        returning a.id, a.me_rev, f.remark, f.list_id
    ), posted as (
        insert into outbox (type, user_id, event)
        select 'friend', t.id, jsonb_build_object('type', 'friend', 'me_rev', t.me_rev,
               'friend', friend_card(p_user, t.remark, t.list_id), 'ended', false)
          from told t
        returning id
    )
    select coalesce(array_agg(p.id), '{}') into v_ids from posted p;
    return v_ids;
end
$$;
