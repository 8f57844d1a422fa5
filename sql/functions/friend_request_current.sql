-- friend_request_current(created_at): is a request of that time not too old to be answered? One that
-- is 30 days old counts as closed everywhere, whatever its row says. A helper, inlined.
create or replace function friend_request_current(p_created_at timestamptz) returns bool
language sql stable
as $$
    select p_created_at > now() - interval '30 days'
$$;
