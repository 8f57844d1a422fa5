-- group_events(users, group, ended): group_event for many at once. Returns the outbox rows' ids. A helper;
-- locks their accounts. Writes account, outbox.
create or replace function group_events(p_users int8[], p_group int8, p_ended bool) returns int8[]
language plpgsql
as $$
declare
    v_ids int8[];
begin
    perform from account a where a.id = any (p_users) order by a.id for no key update;
    with told as (
        update account a set me_rev = a.me_rev + 1 where a.id = any (p_users) returning a.id, a.me_rev
    ), posted as (
        insert into outbox (type, user_id, event)
        select 'group', t.id, jsonb_build_object('type', 'group', 'me_rev', t.me_rev,
               'group', group_shape(t.id, p_group), 'ended', p_ended)
          from told t order by t.id
        returning id
    )
    select coalesce(array_agg(p.id), '{}') into v_ids from posted p;
    return v_ids;
end
$$;
