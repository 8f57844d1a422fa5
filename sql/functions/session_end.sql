-- session_end(token_hash): ends that session, if there is one. Returns the ids of the outbox
-- rows that tell every worker (none for an unknown token). Writes session, outbox.
create or replace function session_end(p_token_hash bytea) returns int8[]
language sql security definer set search_path = magpie, pg_temp
as $$
    select session_drop(p_token_hash)
$$;
