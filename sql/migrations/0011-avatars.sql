-- 0011: pictures of people and groups.
--
-- A picture lies under a random id, by which whoever is logged in may ask for it: the id is told to
-- those alone who see the person or the group. A new picture has a new id, so it never changes
-- under one, and browsers may keep it. It is small (the worker makes it so) and compressed already.
--
-- An old worker works on: it knows nothing of the new columns, and a call whose function has a column
-- more is prepared anew.
--
-- Locks account and chat_group for changes of the catalogue, and while each row is looked at for the new
-- keys and indexes, which are empty: no rewrite (a million accounts: three tenths of a second).
begin;
set local lock_timeout = '2s';
set local search_path = magpie, pg_temp;

create table avatar (
    id         uuid        primary key default gen_random_uuid(),
    picture    bytea       not null check (octet_length(picture) between 1 and 65536),
    created_at timestamptz not null default now()
);
alter table avatar alter column picture set storage external;

alter table account
    add column avatar_id uuid,
    add constraint account_avatar foreign key (avatar_id) references avatar (id);
alter table chat_group
    add column avatar_id uuid,
    add constraint group_avatar foreign key (avatar_id) references avatar (id);
-- Each has one user; and a picture that goes is looked for here.
create unique index account_avatar on account (avatar_id) where avatar_id is not null;
create unique index group_avatar on chat_group (avatar_id) where avatar_id is not null;

select schema_version_step(10, 11);
commit;
