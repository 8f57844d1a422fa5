-- 0009: how people come into groups and are kept out: public groups, invitations, links, requests, bans.
--
-- An invitation or request that is 30 days old counts as closed wherever it is looked at, as a friend
-- request does; its row says 'expired' once it is made anew. Whoever changes an invitation holds the
-- invited's account, whoever changes a request the asker's; new ones, links and bans are made under the
-- conversation's lock. Of a link's token only the SHA-256 is here: who reads the database can't join by it.
--
-- name_pairs stands here, and not with the other functions, because an index is made of it.
--
-- An old worker works on: it knows none of this. It must not go on making members of those who are
-- banned, and doesn't: group_add looks.
--
-- Locks nothing but chat_group, while the index is built over the public groups: there are none yet.
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

create table group_invitation (
    id          bigint generated always as identity primary key,
    group_id    bigint      not null references chat_group (id),
    user_id     bigint      not null references account (id),
    from_id     bigint      not null references account (id),
    state       text        not null default 'open'
                check (state in ('open', 'accepted', 'rejected', 'withdrawn', 'expired')),
    created_at  timestamptz not null default now(),
    answered_at timestamptz,
    constraint group_invitation_self check (from_id <> user_id),
    constraint group_invitation_answered check ((state = 'open') = (answered_at is null))
);
create unique index group_invitation_open on group_invitation (group_id, user_id) where state = 'open';
create index group_invitation_open_to on group_invitation (user_id, id) where state = 'open';
create index group_invitation_from on group_invitation (from_id, created_at);

create table group_join_request (
    id          bigint generated always as identity primary key,
    group_id    bigint      not null references chat_group (id),
    user_id     bigint      not null references account (id),
    note        text        not null default '' check (char_length(note) <= 200),
    state       text        not null default 'open'
                check (state in ('open', 'accepted', 'rejected', 'withdrawn', 'expired')),
    created_at  timestamptz not null default now(),
    answered_at timestamptz,
    constraint group_join_request_answered check ((state = 'open') = (answered_at is null))
);
create unique index group_join_request_open on group_join_request (group_id, user_id) where state = 'open';
create index group_join_request_from on group_join_request (user_id, created_at);

create table group_link (
    id         bigint generated always as identity primary key,
    group_id   bigint      not null references chat_group (id),
    by_id      bigint      not null references account (id),
    token_hash bytea       not null unique check (octet_length(token_hash) = 32),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    max_uses   int         not null check (max_uses between 1 and 500),
    uses       int         not null default 0,
    constraint group_link_uses check (uses between 0 and max_uses)
);
create index group_link_group on group_link (group_id);
create index group_link_by on group_link (by_id);

create table group_ban (
    group_id   bigint      not null references chat_group (id),
    user_id    bigint      not null references account (id),
    by_id      bigint      not null references account (id),
    created_at timestamptz not null default now(),
    primary key (group_id, user_id),
    constraint group_ban_self check (by_id <> user_id)
);
create index group_ban_user on group_ban (user_id);

-- name_pairs(name): each two characters that stand side by side in it, once. A part of a name has no
-- pair that the name hasn't: so an index over arrays finds names by a part of them, in any script.
create function name_pairs(p_name text) returns text[]
language sql immutable strict parallel safe
as $$
    select coalesce(array_agg(distinct substr(p_name, n, 2)), '{}') from generate_series(1, length(p_name) - 1) n
$$;
create index chat_group_public on chat_group using gin (name_pairs(name_key))
    where visibility = 'public' and dissolved_at is null;

select schema_version_step(8, 9);
commit;
