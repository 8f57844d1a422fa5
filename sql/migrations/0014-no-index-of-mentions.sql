-- 0014: the index of mentions goes again: what is unread is counted in one pass over the messages themselves
-- (unread_of), with those among them that mention the reader. So a mention is one index entry less to write.
--
-- An old worker works on: its functions are those of the new version.
--
-- Locks message for a moment: nothing is read or written.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

drop index message_mentions;

select schema_version_step(13, 14);
commit;
