#!/usr/bin/perl
# Presence: a friend is online while a poll of theirs is held, and ten seconds beyond, unless idle, busy or invisible;
# friends hear of each change, and nobody else does.
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
my $worker = OwnWorker->start($magpie, 'redis.timeout_ms=8000', 'redis.address=' . $relay->path);
my ($lea, $dan) = map { $magpie->user($_) } qw(lea dan);
my $bob         = $magpie->user('bob', friends => [$lea]);
ok $worker->ready(5), 'a worker speaks with Redis through a relay';
settle();
my ($bobs, $leas, $dans) = map { $_->open_queue } $bob, $lea, $dan;
my $dans_poll = $worker->begin(GET => $dans->path(timeout => 50), user => $dan);
my $leas_poll = $worker->begin(GET => $leas->path(timeout => 50), user => $lea);
ok hears($bobs, 1, 5, $lea), 'lea is there';
$relay->hold('ZREM present ' . $lea->id . '$');
$leas_poll->close;

is_deeply online($alex), ['away', 'away'], 'who never was there is away';
my ($his, $hers, $strangers) = map { $_->open_queue } $alex, $kim, $eve;
is_deeply online($alex), ['away', 'away'], 'a queue alone is no presence';

my $held = $hers->begin(timeout => 30);
ok hears($his, 1, 5), 'a held poll is: her friend hears of it';
is_deeply online($alex), ['online', 'online'], 'and finds her online';
my $elsewhere = $kim->other_browser->open_queue;
my $other = $elsewhere->begin(timeout => 30);
for (1 .. 5) {                                  # that he is there she may hear late
    my $reply = $other->wait(0.3) or last;
    $other = $elsewhere->begin(timeout => 30, after => $reply->json->{next});
}
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
my $until = sub { $magpie->redis('ZSCORE', 'present', $lea->id) };
my $before = $until->();
my $leas_next = $leas->begin(timeout => 30);
ok wait_until(sub { $until->() > $before }, 5), 'another says that she is there';
$relay->release;
ok hears($bobs, 1, 5, $lea), 'when the first has said so it finds that it was wrong';
is_deeply online($bob, $lea), ['online', 'online'], 'and she is online still';

# Not each poll renews the lease, but one that begins now must, or the lease ends before it may.
my $lease = sub { $magpie->redis('PTTL', sprintf '{u%d}:here', $dan->id) };
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
is_deeply [map { !!grep { length == 16 } @{ $magpie->redis(HKEYS => sprintf '{u%d}:here', $_->id) } } $ann, $ivy, $pam, $dan], [!1, !1, !1, !0], 'and holds nobody any longer';
is_deeply [map { $_->reply(1)->{json} } @poll{qw(ann pam)}], [({ events => [], next => 0 }) x 2], 'who polled it has an answer';
my $pams_next = $tab{pam}->begin(timeout => 50);
is_deeply [map { online($gil, $_) } $ann, $ivy, $pam, $dan], [(['online', 'online']) x 4], 'all of them are online still';

# Another is told the same, when Redis is slow.
my $zoes = $heard->begin(GET => $zoe->open_queue->path(timeout => 50), user => $zoe);
ok wait_until(sub { $magpie->redis(ZSCORE => 'present', $zoe->id) }, 5), 'a worker that holds one poll';
$last->hold('ZADD present LT');
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
$magpie->redis(ZADD => 'present', 'XX', 1, $pam->id);
ok wait_until(sub { $magpie->redis(ZSCORE => 'present', $pam->id) > 1000 * (time + 30) }, 5), 'a lease that runs is noted as it is';

# A worker that is killed leaves its notes, until the lease ends: here that is soon.
my $killed = OwnWorker->start($magpie);
my $joe    = $magpie->user('joe', friends => [$gil]);
ok $killed->ready(5), 'one more worker';
settle();
my $joes = $killed->begin(GET => $joe->open_queue->path(timeout => 50), user => $joe);
ok hears($gils, 1, 5, $joe), 'holds a poll of somebody';
kill KILL => $killed->pid;
ok $killed->ended(5), 'it is killed';
my $note = sprintf '{u%d}:here', $joe->id;
my ($left_ms, $ends) = ($magpie->redis(PTTL => $note), $magpie->redis(ZSCORE => 'present', $joe->id));
ok $left_ms > 75_000 && $left_ms <= 80_000, sprintf 'the lease runs for %.1f s more', $left_ms / 1000;
ok abs($ends - 1000 * time - $left_ms) < 1000, 'and is to be looked at when it ends';
is_deeply online($gil, $joe), ['online', 'online'], 'he is online so long';
$magpie->redis(PEXPIRE => $note, 500);
$magpie->redis(ZADD => 'present', 'XX', sprintf('%d.125', 1000 * time + 500), $joe->id);
ok hears($gils, 0, 6, $joe), 'when it has ended his friend hears that he went';
is_deeply online($gil, $joe), ['away', 'away'], 'and finds him away';

# --- what others see: what one chose, and who is at a tab ---

my ($ada, $bea, $cal) = map { $magpie->user($_) } qw(ada bea cal);
my $fay = $magpie->user('fay', friends => [$ada, $bea, $cal]);
settle();
my ($fays, $adas) = map { $_->open_queue } $fay, $ada;
$fays->poll(timeout => 0);
ok hears($adas, 1, 5, $fay), 'somebody with friends is there';

# All that one is told of a friend by GET /api/friends and POST /api/changes, but for who it is.
sub sight {
    my ($user, $other) = @_;
    my ($friend)  = grep { $_->{id} == $other->id } @{ $user->get('/api/friends')->json->{friends} };
    my ($contact) = grep { $_->{contact_id} == $other->id } @{ $user->post('/api/changes', {})->json->{contacts} };
    return { map { my $from = $_; map { $_ => $from->{$_} } grep { exists $from->{$_} } qw(status remark list_id online state last_seen contact_type) } $friend, $contact };
}
sub state_of { my $sight = sight(@_); return join ' ', map { $_ // '-' } @$sight{qw(state online)} }
my @told;
sub catch_up { push @told, grep { $_->{type} eq 'presence' } $fays->events(timeout => 1); return }
sub told { my ($other) = @_; return join ' ', map { $_->{state} } grep { $_->{user_id} == $other->id } @told }
sub is_told {
    my ($other, $states, $what, $within) = @_;
    my $from = time;
    my $good = wait_until { catch_up(); told($other) eq $states } $within // 5;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok $good, sprintf '%s (%.1f s)', $what, time - $from or diag told($other);
}
sub own { my ($user, %change) = @_; return $user->patch('/api/settings', \%change)->json->{settings} }

is_deeply sight($fay, $cal), { status => '', remark => '', list_id => 0, online => JSON::PP::false, state => 'offline', last_seen => undef,
    contact_type => 'single' }, 'who never was there';
my %polls;
sub hold {
    my ($tab, $name, %option) = @_;
    while (my @waiting = @{ $tab->poll(timeout => 0, %option)->json->{events} }) { $tab->{next} = $waiting[-1]{n} }
    $polls{$name} = $tab->begin(timeout => 50, %option);
    return;
}
hold($adas, 'ada');
is_told($ada, 'online', 'and one of them too');
is state_of($fay, $ada), 'online 1', 'and is seen';
hold($adas, 'ada', idle => 1);
is_told($ada, 'online away', 'her tab is idle: away');
is state_of($fay, $ada), 'away 1', 'and is seen so';
my $phone = $ada->other_browser->open_queue;
hold($phone, 'phone');
is_told($ada, 'online away online', 'she takes another');
hold($adas, 'ada', idle => 1) for 1 .. 3;
catch_up() for 1 .. 2;
is told($ada), 'online away online', 'that the first is idle is no news then';
hold($phone, 'phone', idle => 1);
is_told($ada, 'online away online away', 'when both are idle she is away');
hold($phone, 'phone');
is_told($ada, 'online away online away online', 'and back when one no longer is');
my $put_away = time;
delete($polls{phone})->close;
@told = ();
is_told($ada, 'away', 'that one is closed: away', 20);
cmp_ok time - $put_away, '>', 9, 'ten seconds later, as one goes';

@told = ();
is own($ada, presence => 'busy')->{presence}, 'busy', 'she is busy';
is_told($ada, 'busy', 'which her friend hears');
is state_of($fay, $ada), 'busy 1', 'and sees';
my ($event) = grep { $_->{type} eq 'settings' } @{ $polls{ada}->wait(5)->json->{events} };
is $event->{settings}{presence}, 'busy', 'her own tabs know it as well';
hold($adas, 'ada');
@told = ();

# Going invisible looks just as going. bea goes; ada doesn't.
my $beas = $bea->open_queue;
hold($beas, 'bea');
is_told($bea, 'online', 'another one is there');
own($bea, presence => 'invisible');
is_told($bea, 'online offline', 'is invisible');
my ($as_left) = grep { $_->{user_id} == $bea->id && !$_->{online} } @told;
my $seen = $as_left->{last_seen};
like $seen, qr/^20\d\d-.*Z$/, 'and seen until now';
is sight($fay, $bea)->{last_seen}, $seen, 'by all routes';
@told = ();
delete($polls{ada})->close;
is_told($ada, 'offline', 'the first one goes', 20);
my ($left_event) = @told;
is_deeply [sort keys %$as_left], [sort keys %$left_event], 'both events look alike';
is_deeply $_->{last_seen}, $left_event->{last_seen}, 'there is when she was last seen' for sight($fay, $ada);
is_deeply { %{ sight($fay, $bea) }, last_seen => 0 }, { %{ sight($fay, $ada) }, last_seen => 0 }, 'and so do all answers';
$fay->send(to => $bea, msg => 'hello');
is_deeply [map { $_->{msg} } $beas->receive(timeout => 5)], ['hello'], 'who is invisible gets messages';
@told = ();
hold($beas, 'bea', idle => 1);
hold($beas, 'bea');
delete($polls{bea})->close;
ok wait_until(sub { catch_up(); !@{ $magpie->redis(HKEYS => sprintf '{u%d}:here', $bea->id) } }, 20), 'and goes after some time';
$beas = $bea->open_queue;
hold($beas, 'bea');
ok wait_until(sub { $magpie->redis(HGET => sprintf('{u%d}:here', $bea->id), 'chosen') }, 5), 'comes back';
catch_up() for 1 .. 2;
is told($bea), '', 'nobody hears of it';
is sight($fay, $bea)->{last_seen}, $seen, 'nor sees it';
$magpie->redis('FLUSHALL');
my $tells = sub { ($magpie->redis(HGET => sprintf('{u%d}:here', $_[0]->id), 'chosen') // '') eq $_[1] };
ok wait_until(sub { $tells->($bea, 'invisible') }, 8), 'Redis forgets all, and learns that she is invisible';
$fays = $fay->open_queue;
is state_of($fay, $bea), 'offline 0', 'she is';
is own($bea, presence => 'online', last_seen => 'nobody')->{last_seen}, 'nobody', 'who lets nobody see when she was there';
@told = ();
hold($beas = $bea->open_queue, 'bea');
is_told($bea, 'online', 'is seen while she is there');
own($bea, presence => 'invisible');
is_told($bea, 'online offline', 'and then not');
is_deeply [map { $_->{last_seen} } $told[-1], sight($fay, $bea)], [undef, undef], 'of her one knows nothing';

# A lease that ends doesn't betray who was invisible, nor does the end of the worker.
my $dies = OwnWorker->start($magpie);
ok $dies->ready(5), 'a worker';
my $cals = $cal->open_queue;
own($cal, presence => 'invisible');
my $cals_poll = $dies->begin(GET => $cals->path(timeout => 50), user => $cal);
ok wait_until(sub { $tells->($cal, 'invisible') }, 5), 'holds the poll of somebody invisible';
kill KILL => $dies->pid;
ok $dies->ended(5), 'and dies';
@told = ();
$magpie->redis(PEXPIRE => sprintf('{u%d}:here', $cal->id), 100);
$magpie->redis(ZADD => 'present', 'XX', 1, $cal->id);
ok wait_until(sub { catch_up(); !$magpie->redis(ZSCORE => 'present', $cal->id) }, 10), 'the lease has ended';
catch_up() for 1 .. 2;
is told($cal), '', 'nobody hears of it';

# Friends alone may see it.
own($ada, presence => 'online');
hold($adas = $ada->open_queue, 'ada');
@told = ();
is_told($ada, 'online', 'she is there again');
$ada->post('/api/blocks', { user_id => $fay->id });
@told = ();
own($ada, presence => 'busy');
catch_up() for 1 .. 2;
is told($ada), '', 'whom she blocks hears nothing';
my ($blocked) = grep { $_->{contact_id} == $ada->id } @{ $fay->post('/api/changes', {})->json->{contacts} };
is_deeply [@$blocked{qw(ended online state last_seen)}], [JSON::PP::true, JSON::PP::false, 'offline', undef], 'and sees nothing';
is $fay->get('/api/receive?idle=2&queue=' . $fays->queue . '&after=0')->json->{field}, 'idle', 'idle is 0 or 1';
is $ada->patch('/api/settings', { presence => 'away' })->json->{field}, 'presence', 'away is nothing to choose';

$alex->delete('/api/friends/' . $kim->id);
my ($contact) = grep { $_->{contact_id} == $kim->id } @{ $alex->post('/api/changes', {})->json->{contacts} };
ok $contact->{ended}, 'a friendship that ended';
ok !$contact->{online}, 'shows no presence';

done_testing;
