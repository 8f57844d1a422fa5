-- friend_request_event(request): tells both people of a friend request's state. Returns the
-- outbox rows' ids. A helper; both accounts are locked already.
create or replace function friend_request_event(p_request int8) returns int8[]
language sql
as $$
    select array_agg(
        user_event(side.user_id, 'friend-request', jsonb_build_object('request', jsonb_build_object(
            'id', r.id, 'direction', side.direction, 'user', user_card(side.other_id),
            'note', r.note, 'timestamp', rfc3339(r.created_at), 'state', r.state))))
      from friend_request r
     cross join lateral (values (r.from_id, r.to_id, 'outgoing'), (r.to_id, r.from_id, 'incoming'))
           as side (user_id, other_id, direction)
     where r.id = p_request
$$;
