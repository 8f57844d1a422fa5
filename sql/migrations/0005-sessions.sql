-- 0005: sessions that their owner can tell apart, and accounts that can be deleted.
--
-- A session has the address of its last use. An account that was deleted stays as a row, since
-- messages and conversations refer to it: without a user name, and with the name '', which nobody
-- can take and each client says in its own language. Its user name is kept for 30 days. A message
-- whose author took it back stays as an entry of the kind 'recalled', so that seq has no holes.
--
-- Old workers go on: what they call has the same names, and further parameters have defaults.
--
-- Locks: session, account and message for a change of the catalogue only. The new checks are not
-- valid for old rows, so none is read; these fulfil them, as the checks that go were stricter.
begin;
set local search_path = magpie, pg_temp;
set local lock_timeout = '5s';

alter table session
    add column address text not null default '',
    add constraint session_address check (char_length(address) <= 64) not valid;

alter table account
    add column deleted_at timestamptz,
    alter column username drop not null,
    drop constraint account_name_check,
    add constraint account_names check (
        case when deleted_at is null then username is not null and char_length(name) between 1 and 32
             else username is null and name = '' end) not valid;

-- User names of deleted accounts, until they are free again.
create table kept_username (
    username text        collate "C" primary key,
    free_at  timestamptz not null
);

alter table message
    drop constraint message_parts,
    add constraint message_parts check (seq > 0 and rev >= seq and char_length(msg) <= 4000 and
        case when notice is null
             then client_id is not null and kind = case msg when '' then 'recalled' else 'text' end
             else kind = 'notice' and client_id is null and msg = '' end) not valid;

select schema_version_step(4, 5);
commit;
