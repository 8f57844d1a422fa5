#!/usr/bin/perl
# A ring brings the event along, so that nobody looks for it; and whatever becomes of the ring or of the answer, the queue
# has it until it is acknowledged. One worker holds the polls, another one sends, and speaks with Redis through a relay.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes qw(time);
use Magpie;
use OwnWorker;
use Relay;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);

sub sender {
    my $relay  = Relay->new($magpie);
    my $worker = OwnWorker->start($magpie, 'redis.address=' . $relay->path, 'redis.timeout_ms=5000');
    ok $worker->ready(5), 'a worker that sends';
    return ($worker, $relay);
}
my ($sender, $relay) = sender();

sub told {
    my ($msg) = @_;
    my %send = (contact_type => 'single', to => $kim->id, msg => $msg, client_id => Magpie->uuid);
    is $sender->ask(POST => '/api/send', user => $alex, body => \%send)->{status}, 201, 'a message is sent by the other worker';
    return;
}

sub record { my ($tab, @fields) = @_; return $magpie->redis('HMGET', sprintf('{u%d}:t:%s:m', $kim->id, $tab->queue), @fields)->@* }

# A poll that is held: the queue notes its worker, and has given nothing since.
sub hold {
    my ($tab) = @_;
    my $poll = $tab->begin(timeout => 30);
    wait_until { my ($worker, $base, $given) = record($tab, qw(worker base given)); $worker && $base == $tab->next && $given == $base } 5
        or die 'the poll is not held';
    return $poll;
}

# How often anybody has looked what lies in a queue.
sub looks { return $magpie->redis(INFO => 'commandstats') =~ /^cmdstat_lrange:calls=(\d+)/m ? $1 : 0 }

sub events {
    my ($reply) = @_;
    return $reply && [map { "$_->{n} $_->{message}{msg}" } $reply->json->{events}->@*];
}

subtest 'to another worker' => sub {
    my $tab = $kim->open_queue;
    for my $n (1 .. 2) {
        my $poll = hold($tab);
        my ($before, $polled) = (looks(), record($tab, 'polled'));
        told("m$n");
        is_deeply events($poll->wait(5)), ["$n m$n"], 'the poll has it';
        is looks(), $before, 'without a look';
        cmp_ok +(record($tab, 'polled'))[0], '>', $polled, 'the tab was there until then';
        $tab->{next} = $n;
    }
};

subtest 'a note that a dead worker left' => sub {
    my $tab  = $kim->open_queue;
    my $key  = sprintf '{u%d}:t:%s:m', $kim->id, $tab->queue;
    my $then = record($tab, 'polled') - 61_000;
    $magpie->redis(HSET => $key, worker => '+dead', polled => $then);
    told('anybody here?');
    wait_until { (record($tab, 'given'))[0] == 1 } 5 or die 'the ring brought nothing along';
    is +(record($tab, 'polled'))[0], $then, 'says nothing of when the tab was there';
};

subtest 'an answer that dies' => sub {
    my $tab = $kim->open_queue;
    my $poll = hold($tab);
    told('again');
    is_deeply events($poll->wait(5)), ['1 again'], 'is given';
    is_deeply events($tab->poll(timeout => 5)), ['1 again'], 'again to whoever says that it never came';
    is_deeply events($tab->poll(timeout => 0)), ['1 again'], 'as often as need be';
    $tab->{next} = 1;
    is_deeply events($tab->poll(timeout => 0)), [], 'until it is acknowledged';
    is $tab->poll(timeout => 0, after => 0)->status, 410, 'then it is gone';
};

subtest 'a poll is replaced while the ring is on its way' => sub {
    my $tab = $kim->open_queue;
    my $old = hold($tab);
    $relay->hold('RPUSH bell:');
    told('late');
    ok $relay->held(5), 'the ring is on its way';
    is_deeply events($tab->poll(timeout => 5)), ['1 late'], 'the next poll has the event';
    is_deeply $old->wait(5)->json, { events => [], next => 0, replaced => JSON::PP::true() }, 'the one before ends as replaced';
    $tab->{next} = 1;
    my $poll = hold($tab);
    my $before = looks();
    $relay->release;
    ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox') == 0 }, 10), 'the ring comes';
    told('on time');
    is_deeply events($poll->wait(5)), ['2 on time'], 'to nobody: who has the event already gets the next one alone';
    is looks(), $before, 'without a look';
};

subtest 'what is long' => sub {
    my $tab = $kim->open_queue;
    my $before = looks();
    for my $n (1 .. 3) {
        my $poll = hold($tab);
        told($n == 3 ? 'short' : 'long ' x 800);
        my $reply = $poll->wait(5);
        is_deeply [map { $_->{n} } $reply->json->{events}->@*], [$n], "event $n comes";
        $tab->{next} = $n;
    }
    is looks(), $before + 2, 'the long ones by looks';
};

subtest 'workers of before' => sub {
    my $tab = $kim->open_queue;
    my ($tell, $m) = ('"type":"told"}', sprintf '{u%d}:t:%s:m', $kim->id, $tab->queue);
    my $poll = hold($tab);
    my ($worker) = record($tab, 'worker');
    # What they do for a push.
    $magpie->redis('RPUSH', $m =~ s/m$/q/r, $tell);
    $magpie->redis('HSET', $m, 'next', 1);
    $magpie->redis('RPUSH', "bell:$worker", $tab->queue);
    is_deeply [map { $_->{type} } $poll->wait(5)->json->{events}->@*], ['told'], 'their rings are understood';
    $tab->{next} = 1;
    $magpie->redis('HSET', $m, 'worker', 'f' x 32);
    told('for an old one');
    is_deeply $magpie->redis('BRPOP', 'bell:' . 'f' x 32, 5), ['bell:' . 'f' x 32, $tab->queue], 'and they get such as they understand';
    is_deeply [record($tab, qw(given next))], [1, 2], 'of an event that is not given yet';
    is_deeply events($tab->poll(timeout => 0)), ['2 for an old one'], 'and waits';
};

subtest 'queues that workers of before opened' => sub {
    my $tab = $kim->open_queue;
    my ($run, $polled, $expires) = record($tab, qw(run polled expires));
    $tab->{queue} = '954ca76a8027b6935a650898140829ea';
    my $user = sprintf '{u%d}', $kim->id;
    $magpie->redis(HSET => "$user:t:$tab->{queue}:m", run => $run, polled => $polled, expires => $expires, worker => '',
        map { $_ => 0 } qw(session base given next gen));
    $magpie->redis(SADD => "$user:tabs", $tab->{queue});
    for my $n (1 .. 2) {
        my $poll = hold($tab);
        told("n$n");
        is_deeply events($poll->wait(5)), ["$n n$n"], 'a poll of such a one hears';
        $tab->{next} = $n;
    }
};

# The last one: it kills the sender.
subtest 'the ring is lost with its worker' => sub {
    my $tab  = $kim->open_queue;
    my $poll = hold($tab);
    $relay->hold('RPUSH bell:');
    told('one');
    ok $relay->held(5), 'the ring is on its way';
    kill KILL => $sender->pid;
    ok $sender->ended(5), 'and its worker dies';
    ($sender) = sender();
    my $before = looks();
    told('two');
    my $events = events($poll->wait(5));                # or the first is swept, and pushed again
    is_deeply [$events->[0], scalar @$events], ['1 one', 2], 'the next ring brings an event that is not the next one: both are read';
    is looks(), $before + 1, 'by a look';
};
done_testing;
