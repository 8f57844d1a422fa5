-- 0003: friend requests and friendships.
--
-- Locks nothing: all of it is new.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

-- Answered requests stay, so that accepting twice has the same result.
create table friend_request (
    id          bigint generated always as identity primary key,
    from_id     bigint      not null references account (id),
    to_id       bigint      not null references account (id),
    note        text        not null default '' check (char_length(note) <= 4000),
    state       text        not null default 'open' check (state in ('open', 'accepted', 'rejected')),
    created_at  timestamptz not null default now(),
    answered_at timestamptz,
    constraint friend_request_self check (from_id <> to_id),
    constraint friend_request_answered check ((state = 'open') = (answered_at is null))
);

-- Between two people one request is open at most: asking somebody who has asked you accepts.
create unique index friend_request_open_pair
    on friend_request (least(from_id, to_id), greatest(from_id, to_id)) where state = 'open';
create index friend_request_open_from on friend_request (from_id) where state = 'open';
create index friend_request_open_to on friend_request (to_id) where state = 'open';

-- Two rows for each pair, one as each of the two sees it. The conversation's id stands here
-- too: a send finds permission and conversation in one look-up.
create table friendship (
    user_id         bigint      not null references account (id),
    friend_id       bigint      not null references account (id),
    conversation_id bigint      not null references conversation (id),
    remark          text        not null default '' check (char_length(remark) <= 64),
    created_at      timestamptz not null default now(),
    primary key (user_id, friend_id),
    constraint friendship_self check (user_id <> friend_id)
);

select schema_version_step(2, 3);
commit;
