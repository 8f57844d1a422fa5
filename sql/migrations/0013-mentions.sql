-- 0013: who is mentioned in a message of a group.
--
-- mentions: the ids of those whose user names stand in it, 0 for everybody, null for nobody; written with the
-- message and never changed but by its recall. It lies in the message, which is read anyhow wherever it is
-- shown; what is unread of it is counted by an index that has no other messages.
--
-- An old worker works on: send_batch writes it for each, and a call whose function has a column more is
-- prepared anew.
--
-- Locks message for a change of the catalogue: no rewrite. The index is empty, since no message has a
-- mention yet, but each message is looked at for it, and all who read or send wait meanwhile (a million
-- messages: 2 s on a busy machine of two cores).
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

alter table message add column mentions bigint[];
create index message_mentions on message (conversation_id, seq) where mentions is not null;

select schema_version_step(12, 13);
commit;
