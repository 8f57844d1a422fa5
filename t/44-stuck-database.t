#!/usr/bin/perl
# A PostgreSQL that is stuck for a while: whoever asks is told 503 in seconds, what waits is bounded, and the
# worker's memory and descriptors are afterwards what they were.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util 'max';
use Test::More;
use Time::HiRes 'time';
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $pid    = $magpie->pid('worker-1');

sub memory { open my $in, '<', "/proc/$pid/smaps_rollup" or die $!; my $sum = 0; /^Private_Dirty: +(\d+)/ and $sum += $1 while <$in>; return $sum }
# Those of its own: nginx keeps connections for a while.
sub descriptors {
    my ($connections) = $magpie->request(GET => '/metrics')->body =~ /^magpie_fastcgi_connections\{worker="\d+"\} (\d+)/m;
    return (() = glob "/proc/$pid/fd/*") - $connections;
}

sub storm {
    my ($what) = @_;
    return $magpie->parallel(map {
        [POST => '/api/send', { contact_type => 'single', to => $kim->id, msg => "$what $_", client_id => Magpie->uuid }, $alex]
    } 1 .. 200);
}

storm('before');
ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox') == 0 }, 10), 'a storm of sends';
my ($memory, $descriptors) = (memory(), descriptors());

# PostgreSQL, as it serves the worker now.
sub postgres {
    return $magpie->pid('postgres'), $magpie->psql(q(select pid from pg_stat_activity where application_name like 'magpie-worker %'));
}

# A poll that ends asks whether the numbers agree, or the session lives; but it has been held already, and nginx waits
# for three seconds beyond the longest hold.
my ($tab, $second) = map { $kim->open_queue } 1 .. 2;
my $held  = $tab->begin(timeout => 1, revs => 1);
is $held->wait(0.3), undef, 'a poll is held, whose numbers are wrong';
my @postgres = postgres();
kill STOP => @postgres;
my $short = $second->begin(timeout => 0, revs => 1);
my $gone  = $kim->begin(GET => '/api/receive?after=0&timeout=0&queue=' . 'f' x 32);
for ([$short, 2.4, 'a short one'], [$gone, 2.4, 'one of an unknown queue'], [$held, 3.6, 'the one that was held']) {
    my ($poll, $within, $what) = @$_;
    my $reply = $poll->wait(10);
    if ($poll == $gone) { refused $reply, 410, 'queue-gone', undef, $what }
    else { is_deeply [$reply->status, $reply->json], [200, { events => [], next => 0 }], "$what ends empty" }
    cmp_ok $reply->seconds, '<', $within, sprintf 'after %.1f s', $reply->seconds;
}
kill CONT => @postgres;
ok wait_until(sub { $tab->poll(timeout => 0, revs => 1)->json->{behind} }, 5), 'then the numbers are compared again';

# nginx counts from the request on, so what finding the session took is part of the hold.
@postgres = postgres();
$magpie->redis(DEL => $magpie->redis(KEYS => 's:*')->@*);
kill STOP => @postgres;
$held = $tab->begin(timeout => 3);
is $held->wait(2), undef, 'a poll waits for its session';
kill CONT => @postgres;
my $ended = $held->wait(10);
is_deeply [$ended->status, $ended->json], [200, { events => [], next => 0 }], 'which is found';
cmp_ok $ended->seconds, '<', 4, sprintf 'and ends %.1f s after it was asked', $ended->seconds;

@postgres = postgres();
kill STOP => @postgres;
my $began = time;
for my $round (1 .. 2) {
    my @replies = storm("stuck $round");
    my %status;
    $status{ $_->status }++ for @replies;
    is_deeply \%status, { 503 => 200 }, "round $round: every send is told 503" or diag explain \%status;
    cmp_ok max(map { $_->seconds } @replies), '<', 9, sprintf 'the last after %.1f s', max(map { $_->seconds } @replies);
}
kill CONT => @postgres;
my $freed = time;
ok wait_until(sub { $magpie->ready }, 10), 'PostgreSQL goes on';
is_deeply [grep { $_->status != 201 } storm('after')], [], 'and so do sends';
cmp_ok time - $freed, '<', 10, sprintf 'after %.1f s', time - $freed;
ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox') == 0 }, 10), 'which are pushed';
ok wait_until(sub { descriptors() <= $descriptors + 2 }, 10), "descriptors: $descriptors before, " . descriptors() . ' now';
# (A sanitizer keeps what was freed for a while.)
my $sanitizer = do { open my $in, '<', "/proc/$pid/maps" or die $!; grep { /lib[at]san/ } <$in> };
cmp_ok memory(), '<', $memory * 1.3 + 1024, sprintf '%d KiB of memory before, %d now', $memory, memory() if !$sanitizer;
is $magpie->pid('worker-1'), $pid, 'by the same worker';
$magpie->allow_errors(qr/terminating connection|FATAL|canceling statement/);
done_testing;
