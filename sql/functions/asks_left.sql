-- asks_left(times, day_limit): when something may be asked again of which so many may be made in 24 hours: null for
-- now, or seconds from now. times: those of the last day, as many as there may be, newest first: the oldest
-- of them makes room. A helper.
create or replace function asks_left(p_times timestamptz[], p_day_limit int) returns int
language sql stable
as $$
    select case when cardinality(p_times) >= p_day_limit
                then greatest(1, ceil(extract(epoch from p_times[p_day_limit] + interval '1 day' - now())))::int end
$$;
