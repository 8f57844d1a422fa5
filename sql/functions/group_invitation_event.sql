-- group_invitation_event(invitation): tells the invited of an invitation's state, and once it isn't open the one
-- who made it, if still in the group. Returns the outbox rows' ids. A helper; both accounts are locked
-- already.
create or replace function group_invitation_event(p_invitation int8) returns int8[]
language sql
as $$
    select coalesce(array_agg(
        user_event(side.user_id, 'group-invitation', jsonb_build_object(
            'invitation', jsonb_build_object('id', i.id, 'group', group_card(i.group_id, i.user_id),
                'from', user_card(i.from_id), 'user', user_card(i.user_id), 'created_at', rfc3339(i.created_at)),
            'state', i.state))), '{}')
      from group_invitation i
     cross join lateral (
           select i.user_id
            union all
           select i.from_id where i.state <> 'open' and group_member(i.from_id, i.group_id)) as side
     where i.id = p_invitation
$$;
