#!/usr/bin/perl
# People at once: asking, answering, blocking, removing, renaming and deleting accounts by chance, from
# twelve connections, among few enough that they meet. Nobody waits for another in a circle, each event's
# number follows the one before, and what stays fits together.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;
use MagpiePg;

my $pgbench = MagpiePg::bin('pgbench');
my $people  = 40;                               # of whom the first 8 are never deleted

my $pg = MagpiePg->start;
$pg->user("user$_") for 1 .. $people;
for my $owner (1 .. 6) {
    $pg->group("Group $owner", $owner * 6, map { $owner * 6 + $_ } 1 .. 4);
}

my $dir = File::Temp->newdir;
chmod 0755, "$dir";
my %script = (meet => <<'END', part => <<'END', live => <<'END', go => <<'END');
\set a random(1, 40)
\set b random(1, 40)
\set c random(1, 40)
select problem from magpie.friend_request_ask(:a, 'user' || :b, '', 100000);
select problem from magpie.friend_request_ask(:b, 'user' || :a, '', null);
select problem from magpie.friend_request_ask(:c, 'user' || :a, 'x', null);
select f.problem from magpie.friend_requests(:a) r cross join lateral magpie.friend_request_answer(:a, r.id, true, 'r', 'r', 0) f
 where r.direction = 'incoming' limit 1;
select f.problem from magpie.friend_requests(:c) r cross join lateral magpie.friend_request_withdraw(:c, r.id) f
 where r.direction = 'outgoing' limit 1;
END
\set a random(1, 40)
\set b random(1, 40)
select problem from magpie.block_add(:a, :b);
select problem from magpie.block_add(:b, :a);
select problem from magpie.block_remove(:a, :b);
select problem from magpie.block_remove(:b, :a);
select problem from magpie.friend_remove(:a, (select min(user_id) from magpie.friend_ids(:a)));
END
\set a random(1, 40)
\set b random(1, 40)
\set g random(1, 6)
select problem from magpie.profile_change(:a, null, 'status ' || :b);
select problem from magpie.settings_change(:a, case when :b < 4 then 'nobody' else 'everybody' end, null);
select problem from magpie.friend_list_create(:a, 'List ' || :b, 'list ' || :b);
select c.problem from magpie.friend_ids(:a) f
 cross join lateral magpie.friend_change(:a, f.user_id, 'r' || :b, 'r' || :b, (select min(id) from magpie.friend_lists(:a))) c limit 1;
select problem from magpie.friend_list_remove(:a, (select max(id) from magpie.friend_lists(:a)));
select problem from magpie.group_add(6 * :g, :g, :a);
select problem from magpie.group_remove(:a, :g, :a);
select problem from magpie.group_create(:a, 'Of ' || :a || ' ' || :b, 'of ' || :a || ' ' || :b, null, null);
select problem from magpie.read_mark(:a, 'group', :g, 100000);
select count(*) from magpie.send_messages(array[:a, :b]::int8[], array['single', 'group'], array[:b, :g]::int8[], array['m', 'n'],
    array[gen_random_uuid(), gen_random_uuid()]);
select count(*) from magpie.catch_up(:a, '{single}', array[:b]::int8[], '{0}');
END
\set a random(9, 40)
\set keep random(0, 1)
select problem from magpie.account_delete(:a, 'hash', :keep = 1);
END
for my $name (keys %script) {
    open my $out, '>', "$dir/$name" or die;
    print $out $script{$name};
    close $out or die;
}
my ($status, $out) = $pg->run([$pgbench, '-n', '-c', 12, '-j', 2, '-t', $ENV{MAGPIE_STORM} // 40,
    '-f', "$dir/meet\@8", '-f', "$dir/part\@4", '-f', "$dir/live\@6", '-f', "$dir/go\@1"],
    user => 'magpie_worker', options => '-c lock_timeout=20s -c statement_timeout=60s');
is $status, 0, 'no call failed' or diag $out;

sub none { my ($what, $query) = @_; return is $pg->value("select count(*) from ($query) x"), 0, $what }

cmp_ok $pg->value('select count(*) from account where deleted_at is not null'), '>', 3, 'some accounts were deleted';
cmp_ok $pg->value("select count(*) from friend_request where state = 'accepted'"), '>', 20, 'people became friends';
none 'friendships have two sides',
    'select from friendship f where not exists (select from friendship o
      where o.user_id = f.friend_id and o.friend_id = f.user_id and o.conversation_id = f.conversation_id)';
none 'no friendship beside an open request or a block',
    "select from friendship f where exists (select from friend_request r
            where r.state = 'open' and r.from_id in (f.user_id, f.friend_id) and r.to_id in (f.user_id, f.friend_id))
        or exists (select from block b where b.user_id = f.user_id and b.blocked_id = f.friend_id)";
none 'no open request beside a block',
    "select from block b join friend_request r on r.state = 'open' and r.from_id in (b.user_id, b.blocked_id)
        and r.to_id in (b.user_id, b.blocked_id)";
none 'a deleted account has no friends, blocks, lists, open requests and groups',
    "select from account a where a.deleted_at is not null and (
        exists (select from friendship f where a.id in (f.user_id, f.friend_id))
        or exists (select from block b where a.id in (b.user_id, b.blocked_id))
        or exists (select from friend_list l where l.user_id = a.id)
        or exists (select from friend_request r where r.state = 'open' and a.id in (r.from_id, r.to_id))
        or exists (select from membership m join conversation c on c.id = m.conversation_id
                    where m.user_id = a.id and m.left_rev is null and c.kind = 'group'))";
none 'no me_rev was left out or given twice',
    "select from (select user_id, (event->>'me_rev')::int8 - lag((event->>'me_rev')::int8, 1, 0) over (
        partition by user_id order by (event->>'me_rev')::int8) as step from outbox where event is not null) x where step <> 1";
none 'each counter is its last event\'s',
    "select from account a left join outbox o on o.user_id = a.id and o.event is not null
      group by a.id having a.me_rev <> coalesce(max((o.event->>'me_rev')::int8), 0)";
none 'each user has been told of every friendship as it is, last',
    "select from friendship f where (
        select (o.event->>'ended')::bool from outbox o where o.user_id = f.user_id and o.type = 'friend'
           and (o.event->'friend'->>'id')::int8 = f.friend_id order by (o.event->>'me_rev')::int8 desc limit 1) is distinct from false";
none 'and of every one that ended',
    "select from (select distinct on (o.user_id, o.event->'friend'->>'id') o.user_id, (o.event->'friend'->>'id')::int8 as friend_id,
            (o.event->>'ended')::bool as ended from outbox o where o.type = 'friend'
            order by o.user_id, o.event->'friend'->>'id', (o.event->>'me_rev')::int8 desc) last
      where not last.ended and not exists (select from friendship f where f.user_id = last.user_id and f.friend_id = last.friend_id)
        and exists (select from account a where a.id = last.user_id and a.deleted_at is null)";
none 'and of every request that is no longer open',
    "select from (select distinct on (o.user_id, o.event->'request'->>'id') o.event->'request'->>'state' as state,
            (o.event->'request'->>'id')::int8 as id from outbox o where o.type = 'friend-request'
            order by o.user_id, o.event->'request'->>'id', (o.event->>'me_rev')::int8 desc) last
       join friend_request r on r.id = last.id where r.state <> last.state";

$pg->log_ok;                                    # a deadlock would be here
done_testing;
