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

# A worker that is told to end leaves nobody behind as online. Ann was there till then, ivy a moment before; pam polls
# elsewhere at once; and dan was held elsewhere all the time.
my $leaving = OwnWorker->start($magpie, 'drain.seconds=10');
my $last  = Relay->new($magpie);
my $heard = OwnWorker->start($magpie, 'drain.seconds=10', 'redis.timeout_ms=8000', 'redis.address=' . $last->path);
my ($ann, $ivy, $pam, $zoe) = map { $magpie->user($_) } qw(ann ivy pam zoe);
my $gil = $magpie->user('gil', friends => [$ann, $ivy, $pam, $dan]);
ok $_->ready(5), 'another worker' for $leaving, $heard;
settle();
my ($gils, $first) = map { $_->open_queue } $gil, $dan;
$gils->poll(timeout => 0);
ok hears($first, 1, 5, $gil), 'a friend of theirs is there before them';
my %tab  = map { $_->username => $_->open_queue } $ann, $ivy, $pam;
my %poll = map { $_ => $leaving->begin(GET => $tab{$_}->path(timeout => 50), user => $tab{$_}{user}) } keys %tab;
my @dans = map { $_->begin(GET => $dan->open_queue->path(timeout => 50), user => $dan) } $leaving, $worker;
my %known;
sub hear {
    $known{ $_->{user_id} } .= $_->{online} ? '+' : '-' for grep { $_->{type} eq 'presence' } $gils->events(timeout => 1);
}
ok wait_until(sub { hear(); 3 == grep { ($known{ $_->id } // '') eq '+' } $ann, $ivy, $pam }, 5), 'holds polls of some people';
$poll{ivy}->close;
ok wait_until(sub { $leaving->ask(GET => '/metrics')->{body} =~ /^magpie_parked_polls\S* 3$/m }, 5), 'one of them closes her tab';
my $told = time;
ok $leaving->stop, 'it is told to end, and does';
is_deeply [map { $magpie->redis(EXISTS => sprintf '{u%d}:on', $_->id) } $ann, $ivy, $pam, $dan], [0, 0, 0, 1], 'and holds nobody any longer';
is_deeply [map { $_->reply(1)->{json} } @poll{qw(ann pam)}], [({ events => [], next => 0 }) x 2], 'who polled it has an answer';
my $pams_next = $tab{pam}->begin(timeout => 50);
is_deeply [map { online($gil, $_) } $ann, $ivy, $pam, $dan], [(['online', 'online']) x 4], 'all of them are online still';

# Another is told the same, when Redis is slow.
my $zoes = $heard->begin(GET => $zoe->open_queue->path(timeout => 50), user => $zoe);
ok wait_until(sub { $magpie->redis(ZSCORE => 'online', $zoe->id) }, 5), 'a worker that holds one poll';
$last->hold('ZADD online XX LT');
kill TERM => $heard->pid;
ok $last->held(5), 'is told to end, and says who left';
ok !$heard->ended(2), 'it waits until Redis has heard so';
$last->release;
ok $heard->ended(5), 'and then ends';

ok wait_until(sub { hear(); 2 == grep { $known{ $_->id } eq '+-' } $ann, $ivy }, 20), 'then a friend hears that those went who did';
$gone = time - $told;
ok $gone > 9 && $gone < 17, sprintf 'ten seconds later (%.1f s)', $gone;
hear() for 1 .. 3;
is $known{ $pam->id }, '+', 'and nothing of her who went on elsewhere,';
unlike $known{ $dan->id } // '', qr/-/, 'nor of him who was there too';
is_deeply [map { online($gil, $_)->[0] } $ann, $ivy, $pam, $dan], [qw(away away online online)], 'as it is';

# Whoever is looked at too early isn't looked at again and again: that would be in the way of others.
$magpie->redis(ZADD => 'online', 'XX', 1, $pam->id);
ok wait_until(sub { $magpie->redis(ZSCORE => 'online', $pam->id) > 1000 * (time + 30) }, 5), 'a lease that runs is noted as it is';

# A worker that is killed leaves its notes, until the lease ends: here that is soon.
my $killed = OwnWorker->start($magpie);
my $joe    = $magpie->user('joe', friends => [$gil]);
ok $killed->ready(5), 'one more worker';
settle();
my $joes = $killed->begin(GET => $joe->open_queue->path(timeout => 50), user => $joe);
ok hears($gils, 1, 5, $joe), 'holds a poll of somebody';
kill KILL => $killed->pid;
ok $killed->ended(5), 'it is killed';
my $note = sprintf '{u%d}:on', $joe->id;
my ($left_ms, $ends) = ($magpie->redis(PTTL => $note), $magpie->redis(ZSCORE => 'online', $joe->id));
ok $left_ms > 75_000 && $left_ms <= 80_000, sprintf 'the lease runs for %.1f s more', $left_ms / 1000;
ok abs($ends - 1000 * time - $left_ms) < 1000, 'and is to be looked at when it ends';
is_deeply online($gil, $joe), ['online', 'online'], 'he is online so long';
$magpie->redis(PEXPIRE => $note, 500);
$magpie->redis(ZADD => 'online', 'XX', int(1000 * time) + 500, $joe->id);
ok hears($gils, 0, 6, $joe), 'when it has ended his friend hears that he went';
is_deeply online($gil, $joe), ['away', 'away'], 'and finds him away';

$alex->delete('/api/friends/' . $kim->id);
my ($contact) = grep { $_->{contact_id} == $kim->id } @{ $alex->post('/api/changes', {})->json->{contacts} };
ok $contact->{ended}, 'a friendship that ended';
ok !$contact->{online}, 'shows no presence';

done_testing;
