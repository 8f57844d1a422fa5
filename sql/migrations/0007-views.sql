-- 0007: what a member sees of a conversation, and how: one's own view of it.
--
-- cleared_seq: entries up to that number are gone, for this member alone. history_from: the number from
-- which a member sees what was said, null for that of joining. Both are asked in spans_of and nowhere
-- else. hidden_seq: the conversation's number when it was hidden; it is so while no message has a later
-- one. mentions: a mention comes in spite of muted.
--
-- An old worker works on: it neither reads nor writes the new columns, and finds those of catch_up by
-- their names.
--
-- Locks membership for changes of the catalogue: no rewrite (the defaults are constants), and no scan,
-- since each old row fulfils the check.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

alter table membership
    add column history_from  bigint,
    add column cleared_seq   bigint not null default 0,
    add column hidden_seq    bigint,
    add column pinned        bool   not null default false,
    add column muted         bool   not null default false,
    add column mentions      bool   not null default true,
    add column marked_unread bool   not null default false,
    add constraint membership_view check (
        history_from between 0 and joined_rev and cleared_seq >= 0 and hidden_seq >= 0) not valid;

select schema_version_step(6, 7);
commit;
