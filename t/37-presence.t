#!/usr/bin/perl
# Presence: a friend is online while a poll of theirs is held, and ten seconds beyond; friends hear of
# each change, and nobody else does.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;
use OwnWorker;
use Relay;

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');

sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }
settle();

# What each route says: is kim (or another) online, as `user` sees her?
sub online {
    my ($user, $other) = (@_, $kim);
    my ($friend)  = grep { $_->{id} == $other->id } @{ $user->get('/api/friends')->json->{friends} };
    my ($contact) = grep { $_->{contact_id} == $other->id } @{ $user->post('/api/changes', {})->json->{contacts} };
    return [map { $_->{online} ? 'online' : 'away' } $friend, $contact];
}

# The presence events of kim (or another) in a tab until the newest says so, within `seconds`.
sub hears {
    my ($tab, $online, $seconds, $other) = (@_, $kim);
    return wait_until {
        my @events = grep { $_->{type} eq 'presence' && $_->{user_id} == $other->id } $tab->events(timeout => 1);
        @events && !$events[-1]{online} == !$online;
    } $seconds;
}

# Beside all this, so that its ten seconds are the same: a worker that says too late that lea went. And
# dan, of whom it holds a poll all the time.
my $relay  = Relay->new($magpie);
my $worker = OwnWorker->start($magpie, 'redis.address=' . $relay->path);
my ($lea, $dan) = map { $magpie->user($_) } qw(lea dan);
my $bob         = $magpie->user('bob', friends => [$lea]);
ok $worker->ready(5), 'a worker speaks with Redis through a relay';
settle();
my ($bobs, $leas, $dans) = map { $_->open_queue } $bob, $lea, $dan;
my $dans_poll = $worker->begin(GET => $dans->path(timeout => 50), user => $dan);
my $leas_poll = $worker->begin(GET => $leas->path(timeout => 50), user => $lea);
ok hears($bobs, 1, 5, $lea), 'lea is there';
$relay->hold('ZREM online ' . $lea->id . '$');
$leas_poll->close;

is_deeply online($alex), ['away', 'away'], 'who never was there is away';
my ($his, $hers, $strangers) = map { $_->open_queue } $alex, $kim, $eve;
is_deeply online($alex), ['away', 'away'], 'a queue alone is no presence';

my $held = $hers->begin(timeout => 30);
ok hears($his, 1, 5), 'a held poll is: her friend hears of it';
is_deeply online($alex), ['online', 'online'], 'and finds her online';
my $elsewhere = $kim->other_browser->open_queue;
my $other = $elsewhere->begin(timeout => 30);
is $other->wait(0.3), undef, 'she has a second tab';

my $left = time;
$held->close;
$other->close;
is_deeply online($alex), ['online', 'online'], 'when the last poll ends she is online still';
ok hears($his, 0, 20), 'then her friend hears that she went';
my $gone = time - $left;
ok $gone > 9 && $gone < 14, sprintf 'ten seconds later (%.1f s)', $gone;
is_deeply online($alex), ['away', 'away'], 'and finds her away';

# By now lea is gone from that worker, which finds her nowhere else; but then she polls elsewhere.
ok $relay->held(5), 'a worker is about to say that lea went';
my $until = sub { $magpie->redis('ZSCORE', 'online', $lea->id) };
my $before = $until->();
my $leas_next = $leas->begin(timeout => 30);
ok wait_until(sub { $until->() > $before }, 5), 'another says that she is there';
$relay->release;
ok hears($bobs, 1, 5, $lea), 'when the first has said so it finds that it was wrong';
is_deeply online($bob, $lea), ['online', 'online'], 'and she is online still';

# Not each poll renews the lease, but one that begins now must, or the lease ends before it may.
my $lease = sub { $magpie->redis('PTTL', sprintf '{u%d}:on', $dan->id) };
my $rest  = $lease->();
my $dans_next = $worker->begin(GET => $dans->path(timeout => 50), user => $dan);
ok $dans_poll->reply(5), 'a poll that was held all the time makes place for another';
cmp_ok $lease->(), '>', $rest, 'which renews the lease';

$held = $hers->begin(timeout => 30);
ok hears($his, 1, 5), 'she comes back';
$held->close;
$hers->poll(timeout => 0);
is_deeply [grep { $_->{type} eq 'presence' } $his->events(timeout => 2)], [], 'a pause between two polls is no news';

$held = $hers->begin(timeout => 30);
$magpie->redis('FLUSHALL');
$his = $alex->open_queue;
ok wait_until(sub { online($alex)->[0] eq 'online' }, 8), 'Redis forgets everything, and soon knows her again';
is_deeply [$strangers->{user}->open_queue->events(timeout => 0)], [], 'a stranger hears nothing';

$alex->delete('/api/friends/' . $kim->id);
my ($contact) = grep { $_->{contact_id} == $kim->id } @{ $alex->post('/api/changes', {})->json->{contacts} };
ok $contact->{ended}, 'a friendship that ended';
ok !$contact->{online}, 'shows no presence';

done_testing;
