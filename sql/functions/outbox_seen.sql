-- outbox_seen(max): the oldest rows of the outbox that nobody has leased. A sweeper asks each
-- second and leases those that it saw the last time as well: no clock tells what is old.
-- Reads outbox.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function outbox_seen(p_max int) returns table (id int8)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    select o.id from outbox o where not outbox_leased(o.leased_until) order by o.id limit p_max;
end
$$;
