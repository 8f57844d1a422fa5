-- outbox_seen(max): rows of the outbox that the caller may take, oldest first, its own last. A
-- sweeper asks each second and leases those that it saw the last time as well: no clock tells what
-- is old. Reads outbox. See outbox_free.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function outbox_seen(p_max int) returns table (id int8)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_alive text[] := workers_alive();
begin
    return query
    select o.id from outbox o where outbox_free(o.holder, o.leased_until, v_alive)
     order by o.holder is not distinct from current_setting('application_name'), o.id limit p_max;
end
$$;
