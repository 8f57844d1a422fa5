#!/usr/bin/perl
# With many people in it, no function of the social part reads a table from end to end: each plan that
# is really used, also inside of functions, goes by an index.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;

# 20,000 people in a ring: each has 10 friends, 3 requests, a block and a list; the first has 500 friends.
# Nobody has a conversation with the last ones.
$pg->psql(<<'END_OF_SQL');
set search_path = magpie;
insert into account (username, name, password_hash) select 'user' || n, 'User ' || n, 'x' from generate_series(1, 20000) n;
create temp table pair as
    select distinct least(a, b) as a, greatest(a, b) as b
      from (select n as a, 1 + (n + d - 1) % 19000 as b from generate_series(1, 19000) n, generate_series(1, 5) d
            union select 1, n from generate_series(2, 501) n) x;
insert into conversation (kind, low_id, high_id) select 'single', a, b from pair;
insert into membership (conversation_id, user_id, role, joined_rev)
    select c.id, u, 'member', 0 from conversation c, unnest(array[c.low_id, c.high_id]) u;
insert into friend_list (user_id, name, name_key, place) select id, 'Work', 'work', 1 from account;
insert into friendship (user_id, friend_id, conversation_id, remark, remark_key)
    select c.low_id, c.high_id, c.id, 'Remark', 'remark' from conversation c
    union all select c.high_id, c.low_id, c.id, '', '' from conversation c;
insert into friend_request (from_id, to_id, created_at) select n, 1 + (n + 100 * d) % 20000, now() - interval '1 day' * (10 * d - 5)
    from generate_series(1, 20000) n, generate_series(1, 3) d;
insert into avatar (picture) select 'x' from generate_series(1, 10000);
update account a set avatar_id = v.id from (select id, row_number() over () as n from avatar) v where v.n = a.id;
insert into block (user_id, blocked_id) select n, 1 + (n + 7000) % 20000 from generate_series(1, 20000) n;
-- 2,000 groups, each of 10; each second one is slow. The first person owns the first two.
insert into chat_group (name, name_key, slow_mode) select 'Group ' || n, 'group ' || n, (n % 2 = 0)::int * 60 from generate_series(1, 2000) n;
insert into conversation (kind, group_id, limited) select 'group', id, slow_mode > 0 from chat_group;
insert into membership (conversation_id, user_id, role, joined_rev)
    select c.id, case when c.group_id <= 2 then u else c.group_id * 8 + u end, case u when 1 then 'owner' else 'member' end, 0
      from conversation c, unnest(array[1, 2, 11, 12, 13, 14, 15, 16, 17, 18]) u where c.kind = 'group';
insert into slow_write select m.user_id, m.conversation_id, now() - interval '1 day' from membership m join conversation c on c.id = m.conversation_id and c.limited;
-- 10,000 clubs, half of them public; to each some are invited, ask, are banned, and a link leads.
create temp table club as
    with made as (
        insert into chat_group (name, name_key, visibility)
        select 'Club ' || n, 'club ' || n || ' of ' || md5(n::text), case when n % 2 = 0 then 'public' else 'private' end
          from generate_series(1, 10000) n
        returning id, name)
    select id, substr(name, 6)::int as n, 1 + (substr(name, 6)::int * 7) % 18990 as owner from made;
insert into conversation (kind, group_id) select 'group', id from club;
insert into membership (conversation_id, user_id, role, joined_rev)
    select c.id, k.owner + d, case d when 0 then 'owner' when 1 then 'admin' else 'member' end, 0
      from club k join conversation c on c.group_id = k.id, generate_series(0, 4) d;
insert into group_invitation (group_id, user_id, from_id, created_at)
    select id, 19001 + (n + d) % 999, owner, now() - interval '1 day' * (9 * d - 8) from club, generate_series(1, 4) d;
insert into group_join_request (group_id, user_id, created_at)
    select id, 19001 + (n + 500 + d) % 999, now() - interval '1 day' * (9 * d - 8) from club, generate_series(1, 4) d;
insert into group_link (group_id, by_id, token_hash, expires_at, max_uses)
    select id, owner, sha256(('club ' || n)::bytea), now() + interval '1 day', 5 from club;
insert into group_ban (group_id, user_id, by_id) select id, 19001 + (n + 900) % 999, owner from club;
insert into seen (user_id, at) select n, now() from generate_series(1, 20000) n;
END_OF_SQL
$pg->psql('vacuum analyze');
my ($group, $slow) = map { $pg->value("select id from magpie.chat_group where name_key = 'group $_'") } 1, 2;

my $me   = 1;
my $open = $pg->value("select min(id) from magpie.friend_request where to_id = $me and state = 'open' and created_at > now() - interval '20 days'");
my $mine = $pg->value("select min(id) from magpie.friend_request where from_id = $me and state = 'open' and created_at > now() - interval '20 days'");
my $list = $pg->value("select id from magpie.friend_list where user_id = $me");
# A public club, and who has to do with it.
my %of = (id => $pg->value("select id from magpie.chat_group where name = 'Club 2'"), owner => 15, asker => 19001 + 503, invited => 19001 + 3, banned => 19001 + 902);
$of{invitation} = $pg->value("select id from magpie.group_invitation where group_id = $of{id} and user_id = $of{invited}");
$of{link}       = $pg->value("select id from magpie.group_link where group_id = $of{id}");
$of{friend}     = $pg->value("select max(friend_id) from magpie.friendship where user_id = $of{owner}");
my $face = $pg->value("select avatar_id from magpie.account where id = $me");
my @calls = (
    "friend_request_ask($me, 'user15000', '', 50)", "friend_request_ask($me, 'user7002', '', 50)", "friend_requests($me)", "friend_request_page($me, 0, 50)",
    "friend_request_answer($me, $open, true, 'x', 'x', $list)", "friend_request_answer($me, $open, false, '', '', 0)",
    "friend_request_withdraw($me, $mine)", "friend_change($me, 2, 'x', 'x', $list)", "friend_page($me, 100, 50)", "friend_remove($me, 2)",
    "friend_ids($me)", "friend_lists($me)", "friend_list_create($me, 'x', 'x')", "friend_list_change($me, $list, 'x', 'x', 1)",
    "friend_list_remove($me, $list)", "block_add($me, 2)", "block_add($me, 19999)", "block_remove($me, 7002)", "blocks($me, 0, 50)",
    "own_settings($me)", "own_settings_change($me, 'nobody', 'nobody', 'busy', 'nobody')", "presence_chosen(array[$me, 5])",
    "presence_friends(array[$me, 5], array[true, false])", "last_seen_of($me, array[2, 3])", "user_named($me, 'user15000')", "user_known($me, 15000)",
    "users_like($me, 'user15', 'user150', 50)",
    "users_like($me, 'remark', '', 50)", "profile($me)", "profile_change($me, 'x', 'x')", "profile_change(15000, 'x', 'x')",
    "avatar_change($me, 'x')", "avatar_change($me, null)", "avatar_picture('$face')",
    "conversation_change($me, 'single', 2, true, true, false, true, true)", "conversation_clear($me, 'single', 2, 5)", "read_mark($me, 'single', 2, 5)",
    "history($me, 'single', 2, null, null, 50)", "history($me, 'single', 2, null, 0, 50)",
    "group_create($me, 'x', 'x', null, null)", "group_add($me, $group, 3)", "group_look($me, $group)", "group_list($me, 0, 50)",
    "group_change($me, $group, 'x', 'x', 'x', 300, 'public', 'open', 'members', 'all', 60, true)", "group_announce($me, $group, 'x')",
    "group_announcement_seen($me, $group)", "group_member_change($me, $group, 2, 'admin', 60, 'x')", "group_pass($me, $group, 2)",
    "group_remove($me, $group, 2)", "group_dissolve($me, $group)",
    "send_messages(array[$me], '{group}', array[$group], '{x}', array[gen_random_uuid()])",
    "send_messages(array[$me], '{group}', array[$group], '{hello \@user11}', array[gen_random_uuid()])",
    "send_messages(array[$me, 2], '{group,group}', array[$slow, $slow], '{x,x}', array[gen_random_uuid(), gen_random_uuid()])",
    "catch_up($me, '{single}', '{2}', '{0}')", "revs_of(array[$me])",
    "public_groups(20000, 'c4ca4', 0, 50)", "public_groups(20000, 'club', 100, 50)", "group_join_ask(20000, $of{id}, '', 50)",
    "join_requests($of{owner}, $of{id}, 0, 50)", "join_request_answer($of{owner}, $of{id}, $of{asker}, true)",
    "join_request_withdraw($of{asker}, $of{id})", "group_invite($of{owner}, $of{id}, $of{friend}, 50)", "group_invitations($of{invited}, 0, 50)",
    "group_invitations_made($of{owner}, $of{id})", "group_invitation_answer($of{invited}, $of{invitation}, true)",
    "group_invitation_withdraw($of{owner}, $of{id}, $of{invited})", "group_link_create($of{owner}, $of{id}, sha256('x'), 300, 5)",
    "group_links($of{owner}, $of{id})", "group_link_revoke($of{owner}, $of{id}, $of{link})", "group_link_look(20000, sha256('club 2'))",
    "group_link_join(20000, sha256('club 2'))", "group_ban_add($of{owner}, $of{id}, $of{asker})", "group_ban_remove($of{owner}, $of{id}, $of{banned})",
    "group_bans($of{owner}, $of{id}, 0, 50)", "group_dissolve($of{owner}, $of{id})", "account_delete($of{asker}, 'x', true)", "account_delete($of{invited}, 'x', true)",
);
# What has no rows yet is read in any way.
my %empty = map { $_ => 1 } qw(message past_membership message_key outbox session);
# What fits on a page as well.
$empty{permission} = 1;
for my $call (@calls) {
    my $said = $pg->psql("load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
        set auto_explain.log_level = notice; set search_path = magpie, pg_temp; begin; select * from $call; rollback");
    like $said, qr/Index (?:Only )?Scan/, "$call: plans are seen";
    my @whole = grep { !$empty{$_} } $said =~ /Seq Scan on (\w+)/g;
    is_deeply \@whole, [], '... and none reads a whole table' or diag grep { /Query Text|Seq Scan|Function/ } map { "$_\n" } split /\n/, $said;
}

$pg->log_ok;
done_testing;
