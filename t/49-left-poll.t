#!/usr/bin/perl
# A poll that was broken off comes late, takes the place of its successor in Redis, and its client is gone before the
# worker has heard so. The successor is rung all the same: it ends as replaced, and the tab asks anew.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes 'time';
use Magpie;
use OwnWorker;
use Relay;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $relay  = Relay->new($magpie);
my $other  = OwnWorker->start($magpie, 'redis.address=' . $relay->path, 'redis.timeout_ms=5000');
ok $other->ready(5), 'another worker';

my $tab  = $kim->open_queue;
my $key  = '{u' . $kim->id . '}:t:' . $tab->queue . ':m';
my $note = sub { $magpie->redis(HGET => $key, 'worker') // '' };
my $connections = sub { ($other->ask(GET => '/metrics')->{body} =~ /^magpie_fastcgi_connections\S* (\d+)$/m)[0] };
is $other->ask(GET => $tab->path(timeout => 0), user => $kim)->{status}, 200, 'which knows the session and the script';

my $held = $tab->begin(timeout => 20);
ok wait_until(sub { $note->() ne '' }, 5), 'a poll is held';
my $before = $connections->();
$relay->hold('EVALSHA \S+ 3 ');
my $left = $other->begin(GET => $tab->path(timeout => 20), user => $kim);
ok $relay->held(5), 'an old one looks at the queue';
$left->close;
ok wait_until(sub { $connections->() == $before }, 5), 'and its client leaves before the answer';
$relay->release;

my $released = time;
my $reply = $held->wait(5);
ok $reply, 'the poll that is held is rung';
is_deeply $reply && [@{ $reply->json }{qw(events replaced)}], [[], JSON::PP::true()], 'and ends as replaced';
cmp_ok time - $released, '<', 1, 'at once';
is $alex->send(to => $kim, msg => 'to whom it may concern')->status, 201, 'a message';
is_deeply [map { $_->{msg} } $tab->receive(timeout => 2)], ['to whom it may concern'], 'reaches the tab';
ok wait_until(sub { $note->() eq '' }, 5), 'and nobody is noted for a poll that is gone';
done_testing;
