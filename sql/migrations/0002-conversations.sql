-- 0002: groups, conversations, who is in them, messages, and the outbox.
--
-- A conversation's counter (`rev`) lives in its row and is only moved under that row's lock:
-- a sequence would let number 12 be seen before 11 commits, and leave holes behind.
-- Locks nothing: all of it is new.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

-- name_key is the name as the worker folds it (NFC, case-folded), so that names which look
-- the same are the same.
create table chat_group (
    id          bigint generated always as identity primary key,
    name        text        not null check (char_length(name) between 1 and 64),
    name_key    text        collate "C" not null unique
                check (char_length(name_key) between 1 and 256),
    description text        not null default '' check (char_length(description) <= 255),
    max_members int         not null default 200 check (max_members between 2 and 500),
    created_at  timestamptz not null default now()
);

-- One row for each pair of people that ever were friends, and for each group. Its row is what
-- a send locks; room is kept on the pages, since every message updates it.
--
-- What every message writes (this, message, message_key, outbox) has one short CHECK at most:
-- PostgreSQL parses them anew for each statement, and longer ones cost a lone message a fifth.
create table conversation (
    id       bigint generated always as identity primary key,
    kind     text   not null,
    rev      bigint not null default 0,
    low_id   bigint references account (id),
    high_id  bigint references account (id),
    group_id bigint unique references chat_group (id),
    constraint conversation_pair unique (low_id, high_id),
    constraint conversation_parts check (rev >= 0 and
        case when group_id is null then kind = 'single' and low_id < high_id is true
             else kind = 'group' and low_id is null and high_id is null end)
) with (fillfactor = 60);

-- A person's newest (or only) span in a conversation. joined_rev is the number of the notice
-- that brought one, left_rev that of the notice that ended it: both are seen. The two people
-- of a one-to-one conversation are in it from 0 on and never leave; whether they may write is
-- a matter of friendship.
create table membership (
    conversation_id bigint not null references conversation (id),
    user_id         bigint not null references account (id),
    role            text   not null check (role in ('owner', 'admin', 'member')),
    joined_rev      bigint not null check (joined_rev >= 0),
    left_rev        bigint check (left_rev > joined_rev),
    read_seq        bigint not null default 0 check (read_seq >= 0),
    primary key (conversation_id, user_id)
) with (fillfactor = 80);
create index membership_user_id on membership (user_id);

-- Earlier spans of those who left and came back.
create table past_membership (
    conversation_id bigint not null,
    user_id         bigint not null,
    joined_rev      bigint not null check (joined_rev >= 0),
    left_rev        bigint not null check (left_rev > joined_rev),
    primary key (conversation_id, user_id, joined_rev),
    foreign key (conversation_id, user_id) references membership (conversation_id, user_id)
);

-- Keyed by (conversation, seq) and referring to nothing, so that it can be partitioned or
-- spread by conversation. No foreign keys: the functions write it only under the lock of the
-- conversation's row, with a sender found in membership, and each key would cost every
-- message a look-up more.
create table message (
    conversation_id bigint      not null,
    seq             bigint      not null,
    rev             bigint      not null,
    kind            text        not null,
    from_id         bigint      not null,
    msg             text        not null,
    notice          jsonb,
    client_id       uuid,
    created_at      timestamptz not null default now(),
    primary key (conversation_id, seq),
    constraint message_parts check (seq > 0 and rev >= seq and char_length(msg) <= 4000 and
        case when notice is null then kind = 'text' and client_id is not null and msg <> ''
             else kind = 'notice' and client_id is null and msg = '' end)
);

-- What changed after it was written, in the order of the changes. Most entries never change
-- and are found by their seq, which is then their rev: they cost this index nothing.
create unique index message_changed on message (conversation_id, rev) where rev > seq;

-- What makes a repeated send harmless. text_hash is over the receiver and the text as they
-- were first sent (the text may be edited later).
create table message_key (
    sender          bigint not null,
    client_id       uuid   not null,
    conversation_id bigint not null,
    seq             bigint not null,
    text_hash       bytea  not null,
    primary key (sender, client_id)
);

-- What was committed and is still to be pushed: a message (who reads it is computed when it is
-- pushed), an event of one user (`event`, complete), or the end of a session. A row lives some
-- 200 ms; a lease keeps two sweepers off the same row. type is 'message', 'session-end', or that
-- of the user's event.
create table outbox (
    id              bigint generated always as identity primary key,
    type            text   not null,
    conversation_id bigint,
    seq             bigint,
    user_id         bigint,
    session_id      bigint,
    event           jsonb,
    tries           int    not null default 0,
    leased_until    timestamptz,
    constraint outbox_parts check (num_nonnulls(conversation_id, session_id, event) = 1
        and num_nonnulls(conversation_id, user_id) = 1
        and (seq is null) = (conversation_id is null))
) with (
    -- It is a queue: always small, and rewritten all day. Clear it often.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
);

select schema_version_step(1, 2);
commit;
