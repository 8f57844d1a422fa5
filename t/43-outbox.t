#!/usr/bin/perl
# The outbox under load and faults: what a living worker is at is left to it, however long it takes; what
# a dead one had is pushed at once by another; what Redis refused is tried again soon.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;

my $magpie = Magpie->start(workers => 2, set => 'redis.timeout_ms=20000');
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);

# Messages that wait; those of a batch have one row.
sub waiting { return $magpie->psql('select coalesce(sum(coalesce(cardinality(seqs), 1)), 0) from magpie.outbox') }
sub settle  { return ok wait_until(sub { waiting() == 0 }, 10), 'the outbox is empty' }
sub pushed  { my ($tab) = @_; return $magpie->redis(HGET => '{u' . $kim->id . '}:t:' . $tab->queue . ':m', 'next') }

# Messages whose pushes wait in Redis, which takes no writes for a while. Their conversation is locked until all of
# them have their sessions: what a worker asks Redis behind a push would wait as well.
sub send_into_a_pause {
    my ($count, $what) = @_;
    local %ENV = (%ENV, PGHOST => $magpie->dir . '/run', PGPORT => 5432, PGUSER => 'magpie_owner', PGDATABASE => 'magpie');
    open my $psql, '|-', 'psql', '-XAtq', '-o', '/dev/null' or die $!;
    $psql->autoflush;
    print $psql "begin; select 1 from magpie.conversation for update;\n";
    ok wait_until(sub { $magpie->psql('select count(*) from (select from magpie.conversation for update skip locked) x') == 0 }, 5), 'locked';
    $magpie->redis(qw(CONFIG RESETSTAT));
    my @sends = map {
        $magpie->begin(POST => '/api/send', { contact_type => 'single', to => $kim->id, msg => "$what $_", client_id => Magpie->uuid }, $alex)
    } 1 .. $count;
    ok wait_until(sub { my ($calls) = $magpie->redis(INFO => 'commandstats') =~ /cmdstat_get:calls=(\d+)/; ($calls // 0) >= $count }, 2),
        "$count sends are on their way";
    $magpie->redis(qw(CLIENT PAUSE 60000 WRITE));
    print $psql "rollback;\n";
    close $psql;
    is scalar(grep { ($_->wait(5) // return fail('no answer'))->status == 201 } @sends), $count, 'all are committed';
    is waiting(), $count, 'and not pushed yet';
    return;
}

subtest 'pushes that take long' => sub {
    settle();
    my $tab = $kim->open_queue;
    send_into_a_pause(40, 'slow');
    my $began = time;
    ok wait_until(sub { time - $began > 5 }, 6), 'until each sweeper has looked several times';
    $magpie->redis(qw(CLIENT UNPAUSE));
    ok wait_until(sub { pushed($tab) >= 40 }, 10), 'then they are pushed';
    settle();
    is pushed($tab), 40, 'once';
};

subtest 'pushes that Redis refuses' => sub {
    settle();
    my $tab = $kim->open_queue;
    $magpie->redis(CONFIG => SET => maxmemory => 1);
    is $alex->send(to => $kim, msg => "refused $_")->status, 201, 'a send is committed' for 1 .. 3;
    ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox where leased_until is not null and holder is null') == 3 }, 3),
        'its row rests, and is nobody\'s';
    is pushed($tab), 0, 'nothing was pushed';
    $magpie->redis(CONFIG => SET => maxmemory => 0);
    my $healed = time;
    my %seen;
    ok wait_until(sub { $seen{ $_->{msg} }++ for $tab->receive(timeout => 1); keys %seen == 3 }, 10), 'when Redis takes them they come';
    cmp_ok time - $healed, '<', 4, sprintf 'after %.1f s', time - $healed;
    settle();
};

subtest 'a worker that is killed with pushes in hand' => sub {
    settle();
    my $tab = $kim->open_queue;
    my $of = sub { return $magpie->psql('select count(distinct holder) from magpie.outbox') };
    for my $try (1 .. 5) {                                # who takes a connection is the kernel's choice
        send_into_a_pause(60, "killed $try");
        last if $of->() == 2;
        $magpie->redis(qw(CLIENT UNPAUSE));
        settle();
        $tab = $kim->open_queue;
    }
    is $of->(), 2, 'both workers have some of them';
    kill KILL => $magpie->pid('worker-1');
    my $killed = time;
    $magpie->redis(qw(CLIENT UNPAUSE));
    ok wait_until(sub { waiting() == 0 }, 10), 'what it had is pushed';
    cmp_ok time - $killed, '<', 3, sprintf 'after %.1f s', time - $killed;
    my %seen;
    ok wait_until(sub { $seen{ $_->{msg} }++ for $tab->receive(timeout => 1); keys %seen == 60 }, 10), 'all of it';
};
done_testing;
