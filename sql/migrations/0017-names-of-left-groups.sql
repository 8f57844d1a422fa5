-- 0017: what a group was called when somebody left it.
--
-- The list of conversations has groups that one has left, and showed them by the name that they have now: whoever had
-- been removed read each new one. group_name is the name that one knew, of those who had left before it was changed; null: the
-- group's own. Of names that were changed before this migration nothing is known.
--
-- An old worker works on: it calls functions.
--
-- Locks membership for a change of the catalogue: no rewrite.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

alter table membership add column group_name text;

select schema_version_step(16, 17);
commit;
