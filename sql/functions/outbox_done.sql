-- outbox_done(ids): every push of these has answered. Rows that are gone already are no error.
-- In the order of the ids, as the index gives them, so that two workers never wait for each other.
-- (To lock them in that order first costs half as much again.) Writes outbox.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
-- Never by a scan: a plan that is made while the outbox is small is kept while it grows.
create or replace function outbox_done(p_ids int8[]) returns void
language plpgsql security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
    delete from outbox o where o.id = any (p_ids);
end
$$;
