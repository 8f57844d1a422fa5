-- 0001: the schema, the note of its version, accounts and sessions.
--
-- Everything of Magpie lives in the schema `magpie`. Workers never touch a table: they may
-- only call the functions of sql/functions, which run with the rights of the schema's owner.
-- Locks nothing: all of it is new.
begin;
set local lock_timeout = '2s';
create schema if not exists magpie;
set local search_path = magpie, pg_temp;

-- One row for each migration that was applied, with the SHA-256 of its file: sql/migrate
-- refuses a file that was changed afterwards.
create table schema_migration (
    number     int         primary key check (number >= 1),
    checksum   text        not null check (checksum ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz not null default now()
);

-- The last statement of each migration: notes it, or raises when the schema isn't where the
-- migration expects it. The checksum comes from sql/migrate by way of a setting.
create function schema_version_step(p_from int, p_to int) returns void
language plpgsql set search_path = magpie, pg_temp
as $$
declare
    v_at       int  := (select coalesce(max(m.number), 0) from schema_migration m);
    v_checksum text := nullif(current_setting('magpie.migration_checksum', true), '');
begin
    if v_at <> p_from or p_to <> p_from + 1 then
        raise exception 'the schema is at version %, this migration leads from % to %',
            v_at, p_from, p_to;
    end if;
    if v_checksum is null then
        raise exception 'a migration is run by sql/migrate, which knows its checksum';
    end if;
    insert into schema_migration (number, checksum) values (p_to, v_checksum);
end
$$;
revoke execute on function schema_version_step(int, int) from public;

-- me_rev counts what concerns this user and no conversation (friends, requests, groups joined
-- and left, own read marks). It is taken under this row's lock: changed on every such event,
-- so the pages keep room for updates that touch no index.
create table account (
    id            bigint generated always as identity primary key,
    username      text        collate "C" not null unique
                  check (username ~ '^[a-z0-9_.-]{3,32}$'),
    name          text        not null check (char_length(name) between 1 and 32),
    password_hash text        not null check (char_length(password_hash) between 1 and 512),
    me_rev        bigint      not null default 0 check (me_rev >= 0),
    created_at    timestamptz not null default now()
) with (fillfactor = 80);

-- The cookie's token is never stored, only its SHA-256. last_used_at is written once an hour
-- at most, or each request would be a write.
create table session (
    id           bigint generated always as identity primary key,
    user_id      bigint      not null references account (id) on delete cascade,
    token_hash   bytea       not null unique check (octet_length(token_hash) = 32),
    user_agent   text        not null default '' check (char_length(user_agent) <= 255),
    created_at   timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at   timestamptz not null
);
create index session_user_id on session (user_id);

select schema_version_step(0, 1);
commit;
