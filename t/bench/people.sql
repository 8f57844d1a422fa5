-- people.sql: the people of `make bench`, in a migrated database. Set: users, senders, groups ("0:500,500:20": first
-- member and size of each), password (a hash that all have).
--
-- User n (from 0) is called benchN, has the id 1000 + n and a session whose token is the SHA-256 of n as text.
-- Reader r is a friend of user users + r % senders, and of the readers beside; group g has the id 1000 + g.
begin;
set local search_path = magpie, pg_temp;
set local client_min_messages = warning;
\o /dev/null

insert into account (id, username, name, password_hash) overriding system value
select 1000 + n, 'bench' || n, 'Bench ' || n, :'password' from generate_series(0, :users + :senders - 1) n;
insert into session (user_id, token_hash, user_agent, expires_at)
select 1000 + n, sha256(sha256(n::text::bytea)), 'bench', now() + interval '1 day'
  from generate_series(0, :users + :senders - 1) n;

create temp table pair on commit drop as
select 1000000 + r as id, 1000 + r as a, 1000 + :users + r % :senders as b from generate_series(0, :users - 1) r
 union all
select 2000000 + r, 1000 + r, 1001 + r from generate_series(0, :users - 2) r;
insert into conversation (id, kind, low_id, high_id) overriding system value
select p.id, 'single', p.a, p.b from pair p;
insert into membership (conversation_id, user_id, role, joined_rev, read_seq)
select p.id, u, 'member', 0, 0 from pair p, unnest(array[p.a, p.b]) u;
insert into friendship (user_id, friend_id, conversation_id)
select p.a, p.b, p.id from pair p union all select p.b, p.a, p.id from pair p;

create temp table circle on commit drop as
select g.n - 1 as n, split_part(g.spec, ':', 1)::int as first, split_part(g.spec, ':', 2)::int as size
  from unnest(string_to_array(:'groups', ',')) with ordinality g (spec, n);
insert into chat_group (id, name, name_key, max_members) overriding system value
select 1000 + c.n, 'Bench ' || c.n, 'bench ' || c.n, greatest(c.size, 2) from circle c;
insert into conversation (id, kind, group_id) overriding system value
select 3000000 + c.n, 'group', 1000 + c.n from circle c;
insert into membership (conversation_id, user_id, role, joined_rev, read_seq)
select 3000000 + c.n, 1000 + c.first + i, case i when 0 then 'owner' else 'member' end, 0, 0
  from circle c, generate_series(0, c.size - 1) i;
commit;
vacuum (analyze);
