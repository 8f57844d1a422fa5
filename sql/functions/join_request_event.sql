-- join_request_event(request): tells the asker and the group's admins of the state of a request to join.
-- Returns the outbox rows' ids. A helper; all their accounts are locked already.
create or replace function join_request_event(p_request int8) returns int8[]
language sql
as $$
    select array_agg(
        user_event(side.user_id, 'group-join-request', jsonb_build_object(
            'group_id', r.group_id, 'user', user_card(r.user_id), 'note', r.note,
            'created_at', rfc3339(r.created_at), 'state', r.state)))
      from group_join_request r
      join conversation c on c.group_id = r.group_id
     cross join lateral (select r.user_id union select * from group_admins(c.id)) as side
     where r.id = p_request
$$;
