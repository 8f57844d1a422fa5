-- outbox_failed(ids): a push of these was refused. Nobody has them any longer, and they rest for a
-- second, after further tries for longer, up to six: this is the back-off. Rows that are gone are no
-- error. In the order of the ids, so that two workers never wait for each other. Writes outbox.
create or replace function outbox_failed(p_ids int8[]) returns void
language plpgsql security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    update outbox o
       set holder = null, leased_until = now() + make_interval(secs => least(2 ^ least(d.tries, 10), 6))
      from (select x.id, x.tries from outbox x where x.id = any (p_ids) order by x.id for update) d
     where o.id = d.id;
end
$$;
