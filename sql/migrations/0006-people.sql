-- 0006: what people decide about each other: lists of friends, blocks, who may find and ask whom.
--
-- A request may now end in two more ways: the asker takes it back, or it grows too old. One that is
-- 30 days old counts as closed wherever it is looked at, so nothing has to run for it; its row says
-- 'expired' once somebody asks anew.
-- remark_key is the remark as the worker folds it (NFC, case-folded), by which it is found. list_id
-- is null for the default list, which everybody has and which has no row.
--
-- An old worker works on: it sets none of the new columns, and the functions that it calls stay as
-- they are in name, parameters and columns (friends, friend_request_create, me, resync). They
-- can go with the next migration.
--
-- Locks account, friendship and friend_request for changes of the catalogue: no rewrite; the checks
-- hold for each old row, since it has the default or had a stricter check, so none is scanned for them.
-- The two indexes of friend_request and the one of account are built meanwhile (a million requests:
-- two seconds), and the new key of friendship is looked at in each row (a million: half a second).
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

alter table account
    add column status  text not null default '',
    add column find_me text not null default 'everybody',
    add column ask_me  text not null default 'everybody',
    add constraint account_status check (char_length(status) <= 80) not valid,
    add constraint account_find_me check (find_me in ('everybody', 'nobody')) not valid,
    add constraint account_ask_me check (ask_me in ('everybody', 'nobody')) not valid;

-- Who looks for the beginning of a name passes over nobody who doesn't want to be found.
create index account_findable on account (username) where find_me = 'everybody';

-- place: 1, 2, 3, … within the user's lists. Not unique, or moving one would take two passes; it is
-- changed under the account's lock alone.
create table friend_list (
    id         bigint generated always as identity primary key,
    user_id    bigint      not null references account (id),
    name       text        not null check (char_length(name) between 1 and 32),
    name_key   text        collate "C" not null check (char_length(name_key) between 1 and 128),
    place      int         not null check (place >= 1),
    created_at timestamptz not null default now(),
    constraint friend_list_name unique (user_id, name_key),
    constraint friend_list_own unique (user_id, id)
);

alter table friendship
    add column remark_key text collate "C" not null default '',
    add column list_id    bigint,
    add constraint friendship_remark_key check (char_length(remark_key) <= 256) not valid,
    add constraint friendship_list foreign key (user_id, list_id) references friend_list (user_id, id);

alter table friend_request
    drop constraint friend_request_state_check,
    add constraint friend_request_state_check
        check (state in ('open', 'accepted', 'rejected', 'withdrawn', 'expired')) not valid;
create index friend_request_from on friend_request (from_id, created_at);
create index friend_request_pair on friend_request (to_id, from_id);

create table block (
    user_id    bigint      not null references account (id),
    blocked_id bigint      not null references account (id),
    created_at timestamptz not null default now(),
    primary key (user_id, blocked_id),
    constraint block_self check (user_id <> blocked_id)
);
-- For the end of an account.
create index block_blocked on block (blocked_id);

select schema_version_step(5, 6);
commit;
