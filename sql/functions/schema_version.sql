-- schema_version(): the number of the last migration that was applied; a worker is ready when
-- it is at least the one it expects. Reads schema_migration.
create or replace function schema_version() returns int
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select coalesce(max(m.number), 0) from schema_migration m
$$;
