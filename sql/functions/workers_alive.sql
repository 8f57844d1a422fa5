-- workers_alive(): the names of the workers that are connected now. A worker's connections all have
-- one application_name, with a random part; when the worker ends, also by SIGKILL, they are gone at
-- once. A helper of outbox_seen and outbox_lease. Reads pg_stat_activity.
create or replace function workers_alive() returns text[]
language sql stable
as $$
    select coalesce(array_agg(distinct a.application_name), '{}')
      from pg_stat_activity a where a.application_name like 'magpie-worker %'
$$;
