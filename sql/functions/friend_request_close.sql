-- friend_request_close(request, state): ends an open request without a friendship and tells both.
-- Returns the outbox rows' ids. A helper; both accounts are locked already. Writes friend_request.
create or replace function friend_request_close(p_request int8, p_state text) returns int8[]
language plpgsql
as $$
begin
    update friend_request r set state = p_state, answered_at = now() where r.id = p_request;
    return friend_request_event(p_request);
end
$$;
