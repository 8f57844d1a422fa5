-- 0010: presence: what somebody wants others to see (account.presence), and when somebody was last
-- online (seen), for friends where account.last_seen says so.
--
-- seen is a table of its own: it is written whenever somebody goes, for many at once, and is so never
-- in the way of whoever holds an account's lock. No row means that nobody knows, or is to know.
--
-- An old worker works on: it reads none of this, and the functions that it calls stay as they are
-- (settings, settings_change). It knows nobody as invisible, so until the last of them is replaced
-- somebody invisible whose poll it holds is shown as before.
--
-- Locks account for a change of the catalogue only: no rewrite, no scan.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

alter table account
    add column presence  text not null default 'online',
    add column last_seen text not null default 'friends',
    add constraint account_presence check (presence in ('online', 'busy', 'invisible')) not valid,
    add constraint account_last_seen check (last_seen in ('friends', 'nobody')) not valid;

create table seen (
    user_id bigint      primary key references account (id),
    at      timestamptz not null
);

select schema_version_step(9, 10);
commit;
