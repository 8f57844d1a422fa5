#!/usr/bin/perl
# Everything at once: ten people send, join, leave, befriend, mark and sweep from eight
# connections, by chance, with keys that repeat. Afterwards the tables must fit together.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;
use MagpiePg;

my $pgbench = MagpiePg::bin('pgbench');

my $pg     = MagpiePg->start;
my @people = map { $pg->user("user$_") } 1 .. 10;
is_deeply \@people, [1 .. 10], 'ten people';
for my $owner (1 .. 3) {
    my $group = $pg->group("Group $owner", $owner, map { $owner + $_ } 1 .. 4);
    $pg->psql("update magpie.chat_group set max_members = 5 where id = $group");
}

my $dir = File::Temp->newdir;
chmod 0755, "$dir";
my %script = (send => <<'END', live => <<'END');
\set a random(1, 8)
\set b random(1, 8)
\set g random(1, 3)
\set h random(1, 3)
\set x random(1, 300)
\set y random(1, 300)
select count(*) from magpie.send_messages(array[:a, :b, :a, :b, :a]::int8[],
    array['group', 'single', 'single', 'group', 'group'], array[:g, :b + 1, :a + 2, :h, :g]::int8[],
    array['m', 'n', 'o', 'p', 'q'], array[lpad(:x::text, 32, '0'), lpad(:y::text, 32, '0'),
        gen_random_uuid()::text, lpad(:y::text, 32, '0'), gen_random_uuid()::text]::uuid[]);
select count(*) from magpie.send_messages(array[:b]::int8[], '{group}', array[:g]::int8[], '{lone}',
    array[lpad(:x::text, 32, '0')::uuid]);
select count(*) from magpie.send_messages(array[:a, :b]::int8[], array['group', 'single'], array[:g, :b + 1]::int8[],
    array['m', 'n'], array[gen_random_uuid(), lpad(:x::text, 32, '0')::uuid]);
END
\set g random(1, 3)
\set j random(1, 4)
\set k random(0, 4)
select problem from magpie.group_remove(:g, :g, :g + :j);
select problem from magpie.group_add(:g, :g, :g + :j);
select problem from magpie.group_remove(:g + :j, :g, :g + :k);
select problem from magpie.group_add(:g, :g, :g + :k);
select problem from magpie.read_mark(:g + :k, 'group', :g, 100000);
select problem from magpie.friend_remove(:g + :k, :g + :j);
select problem from magpie.friend_request_ask(:g + :k, 'user' || (:g + :j), '', 1000);
select problem from magpie.friend_request_ask(:g + :j, 'user' || (:g + :k), '', null);
select problem from magpie.friend_request_create(:g, 'user' || (:g + :k), '');
select problem from magpie.profile_change(:g + :k, null, 'status ' || :j);
select problem from magpie.block_add(:g + :k, :g + :j);
select problem from magpie.block_remove(:g + :k, :g + :j);
select problem from magpie.friend_list_create(:g + :j, 'List ' || :k, 'list ' || :k);
select problem from magpie.friend_change(:g + :j, :g + :k, 'remark ' || :j, 'remark ' || :j,
    (select min(id) from magpie.friend_lists(:g + :j)));
select problem from magpie.friend_list_remove(:g + :j, (select max(id) from magpie.friend_lists(:g + :j)));
select count(*) from magpie.resync(:g + :k, '{group}', array[:g]::int8[], '{0}');
select count(*) from magpie.outbox_lease(array(select magpie.outbox_seen(20)), 2, 10);
END
for my $name (keys %script) {
    open my $out, '>', "$dir/$name" or die;
    print $out $script{$name};
    close $out or die;
}
my ($status, $out) = $pg->run([$pgbench, '-n', '-c', 8, '-j', 2, '-t', 60,
    '-f', "$dir/send\@3", '-f', "$dir/live\@2"], user => 'magpie_worker');
is $status, 0, 'no call failed' or diag $out;

sub none { my ($what, $query) = @_; return is $pg->value("select count(*) from ($query) x"), 0, $what }

cmp_ok $pg->value('select count(*) from magpie.message'), '>', 300, 'much was said';
cmp_ok $pg->value('select count(*) from magpie.past_membership'), '>', 10, 'people came and went';
none 'each conversation: no hole, none twice, and the counter is the newest number',
    'select from conversation c left join message m on m.conversation_id = c.id
      group by c.id having count(m.seq) <> c.rev or coalesce(max(m.seq), 0) <> c.rev';
none 'no key was used twice', "select from message where kind = 'text' group by from_id, client_id having count(*) > 1";
none 'each message has its key, and each key its message',
    "select from (select * from message where kind = 'text') m
       full join message_key k on k.sender = m.from_id and k.client_id = m.client_id
        and k.conversation_id = m.conversation_id and k.seq = m.seq
      where m.seq is null or k.seq is null";
none 'each text in a group is of one who was in it',
    "select from message m join conversation c on c.id = m.conversation_id and c.kind = 'group'
      where m.kind = 'text' and not exists (select from spans_of(m.from_id, m.conversation_id) s
            where m.seq > s.first_seq and m.seq < s.last_seq)";
none 'no group is fuller than it may be',
    'select from membership m join conversation c on c.id = m.conversation_id join chat_group g on g.id = c.group_id
      where m.left_rev is null group by g.id having count(*) > g.max_members';
none 'each span begins and ends with its notice, after the one before',
    "select from membership m join conversation c on c.id = m.conversation_id and c.kind = 'group'
       left join past_membership p on p.conversation_id = m.conversation_id and p.user_id = m.user_id
      where p.left_rev >= m.joined_rev or not exists (select from message x where x.conversation_id = c.id
            and x.seq = m.joined_rev and x.notice->>'what' in ('member-added', 'group-created'))";
none 'no friendship or open request beside a block',
    "select from block b where exists (select from friendship f where f.user_id = b.user_id and f.friend_id = b.blocked_id)
        or exists (select from friend_request_between(b.user_id, b.blocked_id))";
none 'friendships have two sides, and no open request beside them',
    "select from friendship f where not exists (select from friendship o where o.user_id = f.friend_id and o.friend_id = f.user_id)
        or exists (select from friend_request r where r.state = 'open' and r.from_id = f.user_id and r.to_id = f.friend_id)";

$pg->log_ok;                                    # a deadlock would be here
done_testing;
