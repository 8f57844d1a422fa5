-- 0016: what a batch of sends has committed is one row of the outbox.
--
-- A row for each message was written, found and deleted again, and took a quarter of what PostgreSQL does for one. Now a
-- row of the type 'messages' has the conversations and numbers of all that were committed together; a sweeper that takes
-- it makes one of each of them (outbox_split), which are pushed, tried again and given up by themselves.
--
-- text_hash of message_key is no longer SHA-256 but eight bytes (message_hash); keys of before are known by theirs.
--
-- An old worker works on: send_batch gives it a row for each message, and outbox_lease never gives it another. Rows of
-- before are pushed as they were.
--
-- Locks outbox for a change of the catalogue: no rewrite.
begin;
set local lock_timeout = '5s';
set local search_path = magpie, pg_temp;

alter table outbox add column conversation_ids bigint[], add column seqs bigint[];

select schema_version_step(15, 16);
commit;
