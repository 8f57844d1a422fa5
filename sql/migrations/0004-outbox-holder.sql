-- 0004: who is at a row of the outbox.
--
-- Until now a sweeper took each row that it had seen for a while, and under load it took what
-- another worker was just pushing: twice the work when there was most of it. Now a row names the
-- worker that wrote or took it, by the application_name of its connections, which has a random part.
-- As long as PostgreSQL has a connection of that name the row is that worker's; when it has none,
-- the worker is dead, and anybody takes the row at once. No clock is asked, no lease is renewed.
-- An old worker has no such name: its rows have no holder, and go by their lease as before.
--
-- Locks: outbox for a moment; the new column is null in old rows, which are not rewritten.
begin;
set local search_path = magpie, pg_temp;
set local lock_timeout = '5s';

alter table outbox add column holder text;
alter table outbox alter column holder set default
    case when starts_with(current_setting('application_name'), 'magpie-worker ')
         then current_setting('application_name') end;

select schema_version_step(3, 4);
commit;
