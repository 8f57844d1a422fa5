#!/usr/bin/perl
# Redis is there, but refuses a command, loses it, or hangs in the midst of it: what was to happen
# happens soon after, and nobody waits for ever.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use OwnWorker;
use Relay;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $relay  = Relay->new($magpie);
my $worker = OwnWorker->start($magpie, 'redis.address=' . $relay->path);
ok $worker->ready(5), 'a worker speaks with Redis through a relay';

sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }

# What Redis lets its clients do, from now on.
sub allow { return $magpie->redis('ACL', 'SETUSER', 'default', @_) }

sub message { return { contact_type => 'single', to => $kim->id, msg => $_[0], client_id => Magpie->uuid } }

# Sends a message by the other worker, of which Redis refuses something to one of them, which tells so in its log.
sub send_refused {
    my ($msg, $whom, $what) = @_;
    my $refusals = sub { scalar grep { /redis refused/ } $magpie->log_lines("worker-$whom") };
    my $before   = $refusals->();
    is $worker->ask(POST => '/api/send', user => $alex, body => message($msg))->{status}, 201, 'a message is sent by the other worker';
    ok wait_until(sub { $refusals->() > $before }, 5), $what;
    ok settle(), 'the push is done with';
    return;
}

# A poll of kim's, which the first worker has noted in its queue.
sub hold_poll {
    settle();                                       # what was refused before comes late
    my $tab  = $kim->open_queue;
    my $poll = $tab->begin(timeout => 30);
    my $key  = sprintf '{u%d}:t:%s:m', $kim->id, $tab->queue;
    wait_until { length $magpie->redis('HGET', $key, 'worker') } 5 or die 'the poll is not held';
    return $poll;
}

sub texts { my ($reply) = @_; return $reply && [map { $_->{message}{msg} } $reply->json->{events}->@*] }

# Before all others: whoever runs a script brings it back.
subtest 'Redis has forgotten the scripts, and hangs when it gets them' => sub {
    ok settle(), 'no push is under way';
    $magpie->redis('SCRIPT', 'FLUSH');
    $relay->hold('SCRIPT LOAD');
    my $opening = $worker->begin(POST => '/api/queues', user => $kim);
    ok $relay->held(2), 'it is given them again';
    my $reply = $opening->reply(4) // {};
    is_deeply [@$reply{qw(status problem)}], [503, 'redis-down'], 'the script that was to come behind them is given up';
    $relay->release;
    ok $worker->ready(5), 'the worker is ready again';
    is $worker->ask(POST => '/api/queues', user => $kim)->{status}, 201, 'and has its scripts';
};

subtest 'a look is refused' => sub {
    my $poll = hold_poll();
    my $long = 'unseen ' x 571;                     # too long to go along with the ring
    allow('-llen');                                 # a look needs it, a push doesn't
    send_refused($long, 1, 'the poll is rung, and its look refused');
    is $poll->wait(0), undef, 'the poll is held still';
    allow('+llen');
    is_deeply texts($poll->wait(3)), [$long], 'it gets the message soon after Redis allows it';
};

subtest 'a ring is refused' => sub {
    my $poll = hold_poll();
    allow('-rpush', '(+rpush ~{u*)');               # a push may, a ring may not
    send_refused('unheard', 'own', 'its ring is refused');
    is $poll->wait(0), undef, 'the poll is held still';
    allow('clearselectors', '+rpush');
    is_deeply texts($poll->wait(3)), ['unheard'], 'it gets the message soon after Redis allows it';
};

subtest 'a ring is lost' => sub {
    my $poll = hold_poll();
    $relay->hold('RPUSH bell:');
    is $worker->ask(POST => '/api/send', user => $alex, body => message('lost'))->{status}, 201, 'a message is sent by the other worker';
    ok $relay->held(2), 'its ring is on the way';
    ok settle(), 'the push is done with';
    is_deeply texts($poll->wait(6)), ['lost'], 'the ring is given up, and one more gets through';
    $relay->release;
};

subtest 'what others see is not changed' => sub {
    my $poll   = hold_poll();
    my $seen   = sub { $alex->get('/api/friends')->json->{friends}[0]{state} };
    my $choose = sub { my $reply = $kim->patch('/api/settings', { presence => $_[0] }); return join ' ', $reply->status, $reply->problem };
    ok wait_until(sub { $seen->() eq 'online' }, 5), 'somebody is there';
    for my $command (qw(smembers zadd)) {
        allow("-$command");
        is $choose->('invisible'), '503 redis-down', "without $command one isn't told that one is invisible";
        allow("+$command");
        is $choose->('invisible'), '200 ', 'the same again does it';
        is $seen->(), 'offline', 'at once';
        is $choose->('busy'), '200 ', 'another choice';
        is $seen->(), 'busy', 'as well';
    }
    $poll->close;
};

ok $worker->stop, 'the worker ends';
subtest 'Redis becomes a replica' => sub {
    my $poll    = hold_poll();
    my $patient = sub { grep { /link=commands .*again_in_ms=500/ } $magpie->log_lines('worker-1') };
    my @before  = $patient->();
    $magpie->redis('REPLICAOF', '127.0.0.1', 1);    # whose master nobody can reach
    my ($sent, $refused) = (0, 0);
    ok wait_until(sub {
        $refused++ if $sent++ < 200 && $alex->send(to => $kim, msg => "number $sent")->status != 201;
        return $patient->() > @before;
    }, 20), 'each new connection is refused as well: that is met with a back-off';
    is $refused, 0, 'while all messages are taken';
    $magpie->redis('REPLICAOF', 'NO', 'ONE');
    ok $poll->wait(10), 'and once it is a master again the poll gets what was sent';
    ok settle(), 'all of it';
};

done_testing;
