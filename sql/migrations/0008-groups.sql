-- 0008: groups that have rules of their own: who may what, settings, an announcement, mutes, an end.
--
-- `permission` says who may do what: whoever has that standing may do that action. Its rows are those of
-- permissions_load(), written anew by each run of sql/migrate.
-- A group that was dissolved stays, since its conversation is still read by those who were in it; its
-- name is free, so name_key is null. `history` is what new members see: all, or from joining on.
-- conversation.limited is true where not every member may write at any time (muted, slow_mode): a send
-- reads that row anyway and looks at the group only then. announcement_seq is the number of the notice
-- that made it, announcement_seen the newest that the member has seen. slow_write is when somebody last
-- wrote in slow mode: a table of its own, which nothing but a send writes, under the conversation's lock.
--
-- An old worker works on: it sets none of the new columns, and finds those of functions by their
-- names. Where a group is muted or slow it says 500 to those who may not write, and stores nothing.
--
-- Locks chat_group, conversation and membership for changes of the catalogue: no rewrite (the defaults
-- are constants), and no scan, since each old row fulfils the new checks.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

create table permission (
    action   text not null,
    standing text not null,
    primary key (action, standing)
);

alter table chat_group
    alter column name_key drop not null,
    add column visibility       text not null default 'private',
    add column joining          text not null default 'request',
    add column who_invites      text not null default 'admins',
    add column history          text not null default 'joined',
    add column muted            bool not null default false,
    add column slow_mode        int  not null default 0,
    add column announcement     text not null default '',
    add column announcement_by  bigint,
    add column announcement_at  timestamptz,
    add column announcement_seq bigint not null default 0,
    add column dissolved_at     timestamptz,
    add constraint chat_group_settings check (visibility in ('private', 'public')
        and joining in ('open', 'request') and who_invites in ('admins', 'members')
        and history in ('all', 'joined') and slow_mode between 0 and 3600) not valid,
    add constraint chat_group_announcement check (char_length(announcement) <= 1000
        and (announcement = '' or num_nulls(announcement_by, announcement_at) = 0)) not valid,
    add constraint chat_group_dissolved check ((dissolved_at is null) = (name_key is not null)) not valid;

alter table conversation add column limited bool not null default false;

alter table membership
    add column nickname          text not null default '',
    add column muted_until       timestamptz,
    add column announcement_seen bigint not null default 0,
    add constraint membership_nickname check (char_length(nickname) <= 32) not valid;

create table slow_write (
    user_id         bigint      not null,
    conversation_id bigint      not null,
    wrote_at        timestamptz not null,
    primary key (user_id, conversation_id)
);

select schema_version_step(7, 8);
commit;
