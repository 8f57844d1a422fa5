-- friend_request_between(a, b): the open request between these two, whoever asked; no row where
-- there is none. A helper. Reads friend_request.
create or replace function friend_request_between(p_a int8, p_b int8)
returns table (request_id int8, from_id int8)
language sql stable
as $$
    select r.id, r.from_id from friend_request r
     where least(r.from_id, r.to_id) = least(p_a, p_b)
       and greatest(r.from_id, r.to_id) = greatest(p_a, p_b)
       and r.state = 'open' and friend_request_current(r.created_at)
$$;
