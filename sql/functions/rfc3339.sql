-- rfc3339(timestamptz): a time as the interface writes it, UTC with milliseconds.
-- A helper of the other functions; small enough to be inlined.
create or replace function rfc3339(p_time timestamptz) returns text
language sql stable parallel safe
as $$
    select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
