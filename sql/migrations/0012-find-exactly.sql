-- 0012: who may be found by the whole user name alone; and where somebody's announcements stand.
--
-- find_me has a third choice, 'exact': whoever knows the whole user name finds one, and nobody by how it
-- begins. An announcement has a row of message_key like a message, since that is the one index of what
-- somebody wrote: so its text goes with the others when its author wants that.
--
-- An old worker works on: it hands on what it reads, and never offers the new choice.
--
-- Reads all messages once, for the announcements there are (a million: a quarter of a second), and keeps
-- nobody from writing meanwhile. Locks account for a change of the catalogue only, last: no scan.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

insert into message_key (sender, client_id, conversation_id, seq, text_hash)
select m.from_id, gen_random_uuid(), m.conversation_id, m.seq, ''
  from message m where m.kind = 'notice' and m.notice ->> 'what' = 'announcement';

alter table account
    drop constraint account_find_me,
    add constraint account_find_me check (find_me in ('everybody', 'exact', 'nobody')) not valid;

select schema_version_step(11, 12);
commit;
