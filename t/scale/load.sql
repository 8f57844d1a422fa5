-- load.sql: see load, which runs it. Ids are given, so that each row can be computed from its number.
begin;
set local search_path = magpie, pg_temp;
set local client_min_messages = warning;
set local synchronous_commit = off;
set local maintenance_work_mem = '256MB';
set local work_mem = '64MB';
\o /dev/null

do $$
begin
    if exists (select from account) or exists (select from chat_group) then
        raise exception 'there are people in this database: load fills an empty one';
    end if;
end
$$;

-- A foreign key costs a look-up for each row; made afterwards, it is checked at once for all.
create temp table foreign_key on commit drop as
    select c.conrelid::regclass::text as relation, c.conname, pg_get_constraintdef(c.oid) as definition
      from pg_constraint c where c.connamespace = 'magpie'::regnamespace and c.contype = 'f';
select format('alter table %s drop constraint %I', k.relation, k.conname) from foreign_key k \gexec

-- Each second one has a picture, and each second group. Of ten one lets nobody see when he or she was there.
insert into account (id, username, name, password_hash, status, avatar_id, presence, last_seen) overriding system value
select n, 'user' || n, 'User ' || n, '-', case n % 4 when 0 then 'Away' else '' end,
       case n % 2 when 1 then md5('user' || n)::uuid end,
       case n % 10 when 7 then 'invisible' when 8 then 'busy' else 'online' end,
       case n % 10 when 9 then 'nobody' else 'friends' end
  from generate_series(1, :users) n;
insert into seen (user_id, at)
select a.id, now() - interval '1 minute' * (a.id % 10000) from account a where a.last_seen = 'friends';
insert into kept_username (username, free_at)
select 'gone' || n, now() + interval '1 day' from generate_series(1, :users / 10) n;
insert into session (user_id, token_hash, user_agent, expires_at)
select n, sha256(n::text::bytea), 'load', now() + interval '1 day' from generate_series(1, :users) n;
insert into friend_list (id, user_id, name, name_key, place) overriding system value
select 2 * n - 2 + place, n, 'List ' || place, 'list ' || place, place
  from generate_series(1, :users) n, generate_series(1, 2) place;

-- Each has ten friends in a ring, the first 20 have 500 more. Pairs are numbered by chance: so the rows of
-- one person lie as far apart as in a database that has grown.
create temp table pair on commit drop as
select row_number() over (order by hashint8(p.a::int8 * 1000003 + p.b)) as id, p.a, p.b
  from (select least(n, o) as a, greatest(n, o) as b
          from generate_series(1, :users) n,
               lateral (select 1 + (n - 1 + d) % :users from unnest(array[1, 7, 50, 333, 777]) d) x (o)
         union
        select h, 21 + (613 * h + k) % (:users - 20) from generate_series(1, 20) h, generate_series(1, 500) k) p;
analyze pair;
insert into conversation (id, kind, low_id, high_id, rev) overriding system value
select p.id, 'single', p.a, p.b, 1 from pair p order by p.id;
insert into membership (conversation_id, user_id, role, joined_rev, read_seq)
select p.id, u, 'member', 0, p.id % 2 from pair p, unnest(array[p.a, p.b]) u order by p.id;
insert into friendship (user_id, friend_id, conversation_id, remark, remark_key, list_id)
select f.u, f.o, f.id, case f.u % 3 when 0 then 'Remark ' || f.o else '' end,
       case f.u % 3 when 0 then 'remark ' || f.o else '' end, case f.o % 3 when 0 then 2 * f.u end
  from (select p.id, p.a, p.b from pair p union all select p.id, p.b, p.a from pair p) f (id, u, o) order by f.id;

-- Groups of 20: number 0 is the owner, 1 an admin, 19 was in it before; and the first 20 in 50 each.
create temp table member on commit drop as
select distinct on (m.g, m.u) m.g, m.i, m.u, (select max(p.id) from pair p) + m.g as conversation_id
  from (select g, i, 1 + (g * 7919 + i * 101) % :users as u
          from generate_series(1, :users / 10) g, generate_series(0, 19) i
         union all
        select 1 + (h * 50 + k) % (:users / 10), 20, h from generate_series(1, 20) h, generate_series(1, 50) k) m
 order by m.g, m.u, m.i;
analyze member;
-- Each second group is public, and half of those are open; each third has an announcement, and each fifth
-- is slow.
insert into chat_group (id, name, name_key, avatar_id, visibility, joining, who_invites, slow_mode,
                        announcement, announcement_by, announcement_at, announcement_seq) overriding system value
select m.g, 'Group ' || m.g, 'group ' || m.g, case m.g % 2 when 1 then md5('group' || m.g)::uuid end,
       case m.g % 2 when 0 then 'public' else 'private' end, case m.g % 4 when 0 then 'open' else 'request' end,
       case m.g % 3 when 0 then 'members' else 'admins' end, case m.g % 5 when 0 then 60 else 0 end,
       case m.g % 3 when 0 then 'What all should know' else '' end, case m.g % 3 when 0 then m.u end,
       case m.g % 3 when 0 then now() end, case m.g % 3 when 0 then 2 else 0 end
  from member m where m.i = 1 order by m.g;
insert into avatar (id, picture)
select a.avatar_id, 'a picture'::bytea from account a where a.avatar_id is not null
 union all
select g.avatar_id, 'a picture'::bytea from chat_group g where g.avatar_id is not null;
insert into conversation (id, kind, group_id, rev, limited) overriding system value
select m.conversation_id, 'group', m.g, 20, m.g % 5 = 0 from member m where m.i = 0 order by m.conversation_id;
insert into membership (conversation_id, user_id, role, joined_rev, read_seq, pinned, muted, nickname, announcement_seen)
select m.conversation_id, m.u, case m.i when 0 then 'owner' when 1 then 'admin' else 'member' end,
       case m.i when 19 then 9 else 1 end, 10, m.u % 50 = m.g % 50, m.i % 4 = 3,
       case m.i % 5 when 4 then 'Nick ' || m.u else '' end, case when m.g % 3 = 0 and m.i < 10 then 2 else 0 end
  from member m order by m.g, m.i;
insert into past_membership (conversation_id, user_id, joined_rev, left_rev)
select m.conversation_id, m.u, 2, 5 from member m where m.i = 19;
insert into slow_write (user_id, conversation_id, wrote_at)
select m.u, m.conversation_id, now() - interval '1 minute' * (30 - m.i) from member m where m.g % 5 = 0 and m.i < 20;

-- What was said, by turns; a group's first entry is the notice that it was made, the second may be that of
-- the announcement.
create temp table said on commit drop as
select p.id as conversation_id, 1 as seq, case p.id % 2 when 0 then p.a else p.b end as from_id, gen_random_uuid() as client_id
  from pair p
 union all
select m.conversation_id, m.i + 1, m.u, case when m.i > 1 or m.i = 1 and m.g % 3 > 0 then gen_random_uuid() end
  from member m where m.i < 20;
insert into message (conversation_id, seq, rev, kind, from_id, msg, notice, client_id, created_at, mentions)
select s.conversation_id, s.seq, s.seq, case when s.client_id is null then 'notice' else 'text' end, s.from_id,
       case when s.client_id is null then '' else 'What user ' || s.from_id || ' said as number ' || s.seq end,
       case when s.client_id is null then jsonb_build_object(
           'what', case s.seq when 1 then 'group-created' else 'announcement' end,
           'by', jsonb_build_object('id', s.from_id, 'name', 'User ' || s.from_id))
           || case s.seq when 1 then '{}' else jsonb_build_object('text', 'What all should know') end end,
       s.client_id, now() - interval '1 minute' * (30 - s.seq),
       case when s.client_id is not null and s.seq % 5 = 0 then array[s.from_id + 1] end
  from said s;
insert into message_key (sender, client_id, conversation_id, seq, text_hash)
select s.from_id, s.client_id, s.conversation_id, s.seq, '\x00' from said s where s.client_id is not null;

-- Of each one's requests one is answered, two are open, and one is too old.
insert into friend_request (from_id, to_id, state, answered_at, created_at)
select n, o, d.state, case d.state when 'open' then null else now() end, now() - d.age
  from generate_series(1, :users) n,
       (values (7, 'accepted', interval '60 days'), (101, 'open', interval '1 hour'), (211, 'open', interval '9 days'),
               (307, 'open', interval '40 days')) d (away, state, age),
       lateral (select 1 + (n - 1 + d.away) % :users) x (o)
 where d.state = 'accepted' or not exists (select from pair p where p.a = least(n, o) and p.b = greatest(n, o));
insert into block (user_id, blocked_id)
select n, o from generate_series(1, :users) n, lateral (select 1 + (n - 1 + 1200) % :users) x (o)
 where not exists (select from pair p where p.a = least(n, o) and p.b = greatest(n, o));

-- To each group four friends of its owner were invited: two invitations are open, one is too old, one was
-- accepted by somebody who has gone since. The first 20 are invited into 30 more.
insert into group_invitation (group_id, user_id, from_id, state, answered_at, created_at)
select distinct on (i.g, i.u) i.g, i.u, i.owner, i.state, case i.state when 'open' then null else now() end, now() - i.age
  from (select m.g, 1 + (m.u - 1 + d.away) % :users, m.u, d.state, d.age
          from member m,
               (values (1, 'open', interval '1 hour'), (7, 'open', interval '9 days'), (50, 'open', interval '40 days'),
                       (333, 'accepted', interval '60 days')) d (away, state, age)
         where m.i = 0
         union all
        select m.g, h, m.u, 'open', interval '2 days'
          from generate_series(1, 20) h, generate_series(1, 30) k,
               lateral (select * from member o where o.i = 0 and o.g = 1 + (h * 50 + 60 + k) % (:users / 10)) m
       ) i (g, u, owner, state, age)
 where not exists (select from member m where m.g = i.g and m.u = i.u);
-- Into each public one that isn't open eight have asked: four requests are open, and two of those too old.
insert into group_join_request (group_id, user_id, note, state, answered_at, created_at)
select g.id, x.u, 'I am user ' || x.u, d.state, case d.state when 'open' then null else now() end, now() - d.age
  from chat_group g, generate_series(0, 1) k,
       (values (1, 'open', interval '1 hour'), (2, 'open', interval '40 days'), (3, 'rejected', interval '20 days'),
               (4, 'accepted', interval '60 days')) d (n, state, age),
       lateral (select 1 + (g.id * 613 + k * 500 + d.n * 29) % :users) x (u)
 where g.visibility = 'public' and g.joining = 'request'
   and not exists (select from member m where m.g = g.id and m.u = x.u);
-- Two links lead into each, one of which has expired, and two are banned from it.
insert into group_link (group_id, by_id, token_hash, created_at, expires_at, max_uses)
select m.g, m.u, sha256(('link ' || m.g || ' ' || k)::bytea), now() - interval '2 days', now() + interval '1 day' * (2 * k - 3), 5
  from member m, generate_series(1, 2) k where m.i = 0;
insert into group_ban (group_id, user_id, by_id)
select m.g, x.u, m.u from member m, generate_series(1, 2) k, lateral (select 1 + (m.g * 389 + k * 700) % :users) x (u)
 where m.i = 0 and not exists (select from member o where o.g = m.g and o.u = x.u);

select format('alter table %s add constraint %I %s', k.relation, k.conname, k.definition) from foreign_key k \gexec
select setval(pg_get_serial_sequence('magpie.account', 'id'), (select max(id) from account)),
       setval(pg_get_serial_sequence('magpie.friend_list', 'id'), (select max(id) from friend_list)),
       setval(pg_get_serial_sequence('magpie.chat_group', 'id'), (select max(id) from chat_group)),
       setval(pg_get_serial_sequence('magpie.conversation', 'id'), (select max(id) from conversation));
commit;
\o
vacuum (analyze);
select (select count(*) from magpie.account) || ' users, ' || (select count(*) from magpie.friendship) || ' friendships, '
    || (select count(*) from magpie.chat_group) || ' groups, ' || (select count(*) from magpie.membership) || ' memberships, '
    || (select count(*) from magpie.message) || ' messages' as loaded \gset
\echo :loaded
