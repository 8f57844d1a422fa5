#!/usr/bin/perl
# The outbox in SQL: who hears of a message, leases that keep two sweepers off one row, and the
# end after ten tries.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($alex, $kim, $max) = map { $pg->user($_) } qw(alex kim max);
$pg->befriend($alex, $_) for $kim, $max;
my $group = $pg->group('Birds', $alex, $kim);
$pg->psql('delete from magpie.outbox');

sub seen { return [$pg->call('outbox_seen', $_[0] // 100)] }
sub leased { return [map { $_->{outbox_id} } $pg->call('outbox_lease', @_)] }

# --- rows and who hears of them ---

is_deeply seen(), [], 'an empty outbox';
my @ids = $pg->posted([$alex, 'single', $kim, 'one'], [$kim, 'group', $group, 'two'], [$alex, 'group', $group, 'three']);
is_deeply seen(), \@ids, 'what was committed is seen, in its order';
is_deeply seen(2), [@ids[0, 1]], 'as many as asked for';

# Between the commit and the push Kim leaves, comes back and leaves: who hears is who was there.
$pg->call('group_add', $alex, $group, $max);
my ($between) = $pg->posted([$alex, 'group', $group, 'with Max']);
$pg->call('group_remove', $kim, $group, $kim);
my ($without) = $pg->posted([$alex, 'group', $group, 'without Kim']);
$pg->call('group_add', $alex, $group, $kim);
my ($again) = $pg->posted([$alex, 'group', $group, 'Kim again']);
my %heard = map { $_->{outbox_id} => [$_->{msg}, @{ $_->{readers} }] }
    $pg->call('outbox_events', [$ids[1], $between, $without, $again]);
is_deeply \%heard, { $ids[1] => ['two', $alex, $kim], $between => ['with Max', $alex, $kim, $max],
    $without => ['without Kim', $alex, $max], $again => ['Kim again', $alex, $kim, $max] },
    'the readers are those whose time covers the number, also when it is pushed late';

is_deeply [map { $_->{outbox_id} } $pg->call('outbox_events', [$ids[2], 999999, $ids[0]])], [@ids[0, 2]],
    'events of some rows, in their order; what is gone is left out';
is_deeply [$pg->call('outbox_events', [])], [], 'of none';
$pg->call('outbox_done', [@ids, 999999]);
is_deeply [$pg->call('outbox_events', \@ids)], [], 'what is done is gone';
is scalar(grep { $_ == $ids[0] || $_ == $ids[1] || $_ == $ids[2] } @{ seen() }), 0, 'and not seen';

# --- what a batch has committed ---

$pg->psql('delete from magpie.outbox');
sub sent { return $pg->call(MagpiePg::sending(@_)) }
my @batch = sent([$alex, 'single', $kim, 'first'], [$kim, 'group', $group, 'second'], [$alex, 'single', $kim, 'third']);
my ($row) = map { $_->{outbox_id} } @batch;
is_deeply [map { $_->{outbox_id} } @batch], [($row) x 3], 'all of a batch share one row';
is_deeply seen(), [$row], 'which is seen';
$pg->call('outbox_done', [$row]);
is_deeply seen(), [], 'and goes as a whole';

my ($known) = MagpiePg::uuid();
$pg->call('outbox_done', [sent([$alex, 'single', $max, 'known', $known])->{outbox_id}]);
@batch = sent([$alex, 'single', $kim, 'one'], [$alex, 'single', $max, 'known', $known],
    [$kim, 'group', $group, 'two'], [$max, 'single', $kim, 'to a stranger']);
($row) = map { $_->{outbox_id} } @batch;
is_deeply [map { $_->{outbox_id} } @batch], [$row, undef, $row, undef], 'what was committed before, or refused, has none';
my @parts = $pg->call('outbox_lease', [$row], 30, 100);
is_deeply [map { [@$_{qw(type msg)}, @{ $_->{readers} }] } @parts], [['message', 'one', $alex, $kim], ['message', 'two', $alex, $kim, $max]],
    'a sweeper gets a row for each new one, in their order';
is_deeply seen(), [], 'which it has';
$pg->call('outbox_failed', [$parts[0]{outbox_id}]);
$pg->call('outbox_done', [$parts[1]{outbox_id}]);
is_deeply [$pg->rows('select type, tries, conversation_ids from outbox')], [{ type => 'message', tries => 1, conversation_ids => undef }],
    'each is pushed, or tried again, by itself';

$pg->psql('delete from magpie.outbox');
my @rows = map { my $n = $_; sent(map { [$alex, 'single', $kim, "$n $_"] } 1 .. 3)->{outbox_id} } 1 .. 3;
is scalar(@{ leased(\@rows, 30, 4) }), 6, 'a lease is of as many messages as asked for, or a batch more';
is_deeply seen(), [$rows[2]], 'the others wait';

# --- leases ---

$pg->psql('delete from magpie.outbox');
@ids = $pg->posted(map { [$alex, 'single', $kim, "lease $_"] } 1 .. 4);
is_deeply leased([@ids[0, 1], 999999], 30, 10), [@ids[0, 1]], 'a lease gives what is still there';
is_deeply seen(), [@ids[2, 3]], 'what is leased is not seen by others';
is_deeply leased(\@ids, 30, 1), [$ids[2]], 'nor leased again; as many as asked for';
is_deeply leased([], 30, 10), [], 'of none';
my $holder = $pg->session(user => 'postgres');
$holder->do("begin; select from magpie.outbox where id = $ids[3] for update");
is_deeply leased(\@ids, 30, 10), [], 'a row that somebody is at just now is passed over, without waiting';
$holder->do('rollback');
$pg->call('outbox_done', [$ids[0]]);
is_deeply [map { $_->{msg} } $pg->call('outbox_events', [@ids[0, 1]])], ['lease 2'], 'done while leased';

$pg->psql(q{update magpie.outbox set leased_until = now() - interval '1 ms'});
is_deeply seen(), [@ids[1 .. 3]], 'a lease ends';
is_deeply leased(\@ids, 30, 10), [@ids[1 .. 3]], 'and the row is leased again';
$pg->psql(q{update magpie.outbox set leased_until = now() + interval '1 hour'});
is_deeply seen(), [@ids[1 .. 3]], 'a lease from before the clock was set back is none';

# The back-off: longer with each try, four times as long at most, and given up after ten.
my @lengths;
for my $try (1 .. 12) {
    $pg->psql('update magpie.outbox set leased_until = null' . ($try == 1 ? ', tries = 0' : ''));
    my $got = leased([$ids[1]], 10, 10);
    push @lengths, @$got
        ? $pg->value("select round(extract(epoch from leased_until - now())) from magpie.outbox where id = $ids[1]") : 'gone';
}
is_deeply \@lengths, [10, 20, 30, (40) x 7, 'gone', 'gone'], 'ten tries, ever less often, then it is given up';
is $pg->value("select count(*) from magpie.outbox where id = $ids[1]"), 0, 'deleted';
is $pg->value("select count(*) from magpie.outbox where id = $ids[2]"), 1, 'alone';

# What was refused rests, and is nobody's: longer after each try.
$pg->psql('delete from magpie.outbox');
@ids = $pg->posted(map { [$alex, 'single', $kim, "refused $_"] } 1 .. 2);
@lengths = map {
    $pg->psql("update magpie.outbox set tries = $_, leased_until = null, holder = 'magpie-worker x' where id = $ids[0]");
    $pg->call('outbox_failed', [$ids[0], 999999]);
    $pg->value("select round(extract(epoch from leased_until - now())) || coalesce(holder, '') from magpie.outbox where id = $ids[0]");
} 0 .. 9;
is_deeply \@lengths, [1, 2, 4, (6) x 7], 'what was refused rests for a second, then for longer, and has no holder';
is_deeply seen(), [$ids[1]], 'and is not seen meanwhile';

# --- holders ---

$pg->psql('delete from magpie.outbox');
my %worker = map { my $session = $pg->session; $session->do("set application_name = 'magpie-worker $_'"); $_ => $session } qw(a b c);
my $look   = sub { my ($who) = @_; return [map { ref ? $_->{id} : $_ } $worker{$who}->call('outbox_seen', 100)] };
my $take   = sub { my ($who, @rows) = @_; return [map { $_->{outbox_id} } $worker{$who}->call('outbox_lease', \@rows, 30, 100)] };
my $write  = sub {
    my ($who) = @_;
    my ($row) = $worker{$who}->call(MagpiePg::sending([$alex, 'single', $kim, 'held']));
    return $row->{outbox_id};
};
my ($of_a, $of_b) = map { $write->($_) } qw(a b);
my ($of_nobody) = $pg->posted([$alex, 'single', $kim, 'by one without a name']);
is_deeply $look->('a'), [$of_nobody, $of_a], "a worker sees what nobody has, and what it has itself";
is_deeply $look->('b'), [$of_nobody, $of_b], 'as does another';
is_deeply $take->('c', $of_a, $of_b), [], 'what living workers have nobody else gets';
is_deeply $take->('c', $of_nobody), [$of_nobody], 'what nobody has somebody takes';
$pg->psql("update magpie.outbox set leased_until = now() - interval '1 ms' where id = $of_nobody");
is_deeply $take->('a', $of_nobody), [], 'and keeps, also when its lease is over';
is_deeply $take->('c', $of_nobody), [$of_nobody], 'to try it again';
is_deeply $take->('c', $of_nobody), [], 'though not at once';
my $pid = $pg->value("select pid from pg_stat_activity where application_name = 'magpie-worker c'");
$pg->psql("select pg_terminate_backend($pid, 5000)");
is_deeply $take->('a', $of_nobody), [$of_nobody], 'a dead one has nothing, whatever its lease';
$pg->psql('create role plain; grant usage on schema magpie to plain; grant execute on function magpie.workers_alive to plain');
is $pg->psql("set role plain; select array_to_string(array(select unnest(magpie.workers_alive()) order by 1), ' ')"), "magpie-worker a magpie-worker b",
    'whoever is not a superuser sees who lives as well';

# --- at once ---

$pg->psql('delete from magpie.outbox');
@ids = $pg->posted(map { [$alex, 'single', $kim, "sweep $_"] } 1 .. 40);
my @swept = map { map { $_->{outbox_id} } @$_ } $pg->at_once(map { ['outbox_lease', \@ids, 30, 100] } 1 .. 8);
is_deeply [sort { $a <=> $b } @swept], \@ids, 'of eight sweepers at once, each row goes to one';
@ids = map { sent(map { [$alex, 'single', $kim, "part $_"] } 1 .. 5)->{outbox_id} } 1 .. 20;
is scalar(map { @$_ } $pg->at_once(map { ['outbox_lease', \@ids, 30, 100] } 1 .. 8)), 100, 'and each message of a batch';
@ids = @{ seen() };
$pg->at_once(map { ['outbox_done', $_ % 2 ? \@ids : [reverse @ids]] } 1 .. 8);
is_deeply seen(), [], 'eight say at once that all is done, in different orders';

# --- while the table grows ---

# A plan that is made while it is small would read all of it, and be kept: a day's backlog would take a scan for each row.
my $watched = $pg->session(user => 'postgres', options => '-c search_path=magpie');
@ids = $pg->posted(map { [$alex, 'single', $kim, "small $_"] } 1 .. 3);
for my $call (['outbox_lease', \@ids, 30, 100], ['outbox_events', \@ids], ['outbox_done', \@ids],
    [MagpiePg::sending([$alex, 'single', $kim, 'small'])]) {
    $watched->do('begin');
    $watched->call(@$call);
    my @whole = $watched->rows("select relname as name from pg_stat_xact_user_tables where schemaname = 'magpie' and seq_scan > 0");
    is_deeply [map { $_->{name} } @whole], [], "$call->[0] reads no table as a whole";
    $watched->do('commit');
}

$pg->log_ok(qr/terminating connection/);
done_testing;
