-- 0015: what every message writes has no CHECK any longer, and what is written once is frozen once.
--
-- PostgreSQL reads a CHECK anew for each statement: of the instructions of a batch of seven these three took
-- 11 %. Nobody but the functions can write these tables; that they write nothing else is now looked at by the tests,
-- each at its end (MagpiePg.pm, Magpie.pm).
--
-- message and message_key only grow. Autovacuum came when a fifth had been added, which of ten million is two million
-- at once, and would have written all of it a second time to freeze it. Now it comes after each 200,000, and
-- freezes what it sees.
--
-- An old worker works on: it calls functions. Locks the tables until its end, the one that all sends
-- lock last: nothing is read or written.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

alter table message set (
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
    autovacuum_freeze_min_age = 0);
alter table message_key set (
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
    autovacuum_freeze_min_age = 0);

alter table message drop constraint message_parts;
alter table outbox drop constraint outbox_parts;
alter table conversation drop constraint conversation_parts;

select schema_version_step(14, 15);
commit;
