#!/usr/bin/perl
# Friends in SQL: asking, answering, ending; who sees what; and both at once.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($alex, $kim, $max, $eve) = map { $pg->user($_) } qw(alex kim max eve);

# An answer's problem and field; a refusal must leave every table as it was.
sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my $row = $pg->call(@call);
    is join(' ', map { $_ // '-' } @$row{qw(problem field)}), $problem, "$what: $problem";
    is $row->{outbox}, undef, '... with nothing to push';
    is $pg->fingerprint, $before, '... and nothing stored';
    return;
}

# The users' events of an answer: reader => event.
sub events {
    my ($outbox) = @_;
    return map { [$_->{readers}[0], decode_json(do { my $e = $_->{event}; utf8::encode($e); $e })] }
        $pg->call('outbox_events', $outbox);
}

# --- asking and accepting ---

refused('asking an unknown name', 'not-found username', 'friend_request_ask', $alex, 'nobody', '', undef);
refused('asking oneself', 'self username', 'friend_request_ask', $alex, 'alex', '', undef);

my $asked = $pg->call('friend_request_ask', $alex, 'kim', "h\x{e9}llo", undef);
is_deeply [@$asked{qw(problem accepted)}], [undef, 0], 'asking';
my ($to_alex, $to_kim) = events($asked->{outbox});
is_deeply [@$to_alex], [$alex, { type => 'friend-request', me_rev => 1, request => {
    id => $asked->{request_id}, direction => 'outgoing', note => "h\x{e9}llo", state => 'open',
    user => { id => $kim, username => 'kim', name => 'Kim', avatar => undef },
    timestamp => $to_alex->[1]{request}{timestamp} } }], 'the asker gets the event';
like $to_alex->[1]{request}{timestamp}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'with a time';
is_deeply [@$to_kim[0], @{ $to_kim->[1]{request} }{qw(direction user)}],
    [$kim, 'incoming', { id => $alex, username => 'alex', name => 'Alex', avatar => undef }], 'and so does the one asked';
is_deeply [map { [@$_{qw(direction id user_id username name note)}] } $pg->call('friend_requests', $kim)],
    [['incoming', $asked->{request_id}, $alex, 'alex', 'Alex', "h\x{e9}llo"]], 'it is listed as incoming';
is_deeply [map { [@$_{qw(direction id user_id)}] } $pg->call('friend_requests', $alex)],
    [['outgoing', $asked->{request_id}, $kim]], 'and as outgoing';
is_deeply [$pg->call('friend_requests', $eve)], [], 'nobody else sees it';

refused('asking twice', 'already-asked username', 'friend_request_ask', $alex, 'kim', 'again', undef);
refused('accepting one\'s own request', 'not-found -', 'friend_request_answer', $alex, $asked->{request_id}, 1);
refused('accepting another\'s', 'not-found -', 'friend_request_answer', $eve, $asked->{request_id}, 1);
refused('rejecting another\'s', 'not-found -', 'friend_request_answer', $eve, $asked->{request_id}, 0);
refused('accepting an unknown one', 'not-found -', 'friend_request_answer', $kim, 999, 1);

my $accepted = $pg->call('friend_request_answer', $kim, $asked->{request_id}, 1);
is $accepted->{problem}, undef, 'accepting';
my @events = events($accepted->{outbox});
is_deeply [sort map { "$_->[0] $_->[1]{type} $_->[1]{me_rev}" } @events],
    [sort "$alex friend-request 2", "$alex friend 3", "$kim friend-request 2", "$kim friend 3"],
    'both are told, each under the next me_rev';
my ($friend) = grep { $_->[0] == $alex && $_->[1]{type} eq 'friend' } @events;
is_deeply $friend->[1], { type => 'friend', me_rev => 3, ended => JSON::PP::false,
    friend => { id => $kim, username => 'kim', name => 'Kim', status => '', avatar => undef, remark => '', list_id => 0 } }, 'who the friend is';
is_deeply [map { $_->[1]{request}{state} } grep { $_->[1]{request} } @events], ['accepted', 'accepted'],
    'and that the request is accepted';
is $pg->call('me', $alex)->{me_rev}, 3, 'me_rev stands where the last event left it';
is_deeply [$pg->call('friends', $alex)], [{ id => $kim, username => 'kim', name => 'Kim', remark => '' }], 'friends';
is_deeply [$pg->call('friend_ids', $kim)], [$alex], 'a friendship is mutual';
is_deeply [$pg->call('friend_requests', $kim)], [], 'no request is open';
is $pg->value('select count(*) from magpie.conversation'), 1, 'they have a conversation';

my $before = $pg->fingerprint;
is_deeply $pg->call('friend_request_answer', $kim, $asked->{request_id}, 1),
    { problem => undef, field => undef, outbox => [] }, 'accepting twice has the same result';
is $pg->fingerprint, $before, 'and does nothing';
refused('rejecting what was accepted', 'not-found -', 'friend_request_answer', $kim, $asked->{request_id}, 0);
refused('asking a friend', 'already-friends username', 'friend_request_ask', $alex, 'kim', '', undef);
refused('being asked by a friend', 'already-friends username', 'friend_request_ask', $kim, 'alex', '', undef);

# --- rejecting, asking again, asking somebody who has asked ---

my $hopeless = $pg->call('friend_request_ask', $max, 'alex', '', undef);
my $rejected = $pg->call('friend_request_answer', $alex, $hopeless->{request_id}, 0);
is_deeply [sort map { "$_->[0] $_->[1]{request}{state}" } events($rejected->{outbox})],
    ["$alex rejected", "$max rejected"], 'rejecting tells both';
is_deeply [$pg->call('friend_ids', $max)], [], 'and makes no friends';
refused('accepting what was rejected', 'not-found -', 'friend_request_answer', $alex, $hopeless->{request_id}, 1);
refused('rejecting twice', 'not-found -', 'friend_request_answer', $alex, $hopeless->{request_id}, 0);
my $anew = $pg->call('friend_request_ask', $max, 'alex', 'please', undef);
isnt $anew->{request_id}, $hopeless->{request_id}, 'one may ask again';
my $crossed = $pg->call('friend_request_ask', $alex, 'max', '', undef);
is_deeply [@$crossed{qw(problem request_id accepted)}], [undef, $anew->{request_id}, 1],
    'asking somebody who has asked accepts';
is_deeply [$pg->call('friend_ids', $max)], [$alex], 'and makes friends';
is_deeply [map { $_->{name} } $pg->call('friends', $alex)], ['Kim', 'Max'], 'friends come by name';

# --- ending ---

refused('ending what is none', 'not-found -', 'friend_remove', $alex, $eve);
refused('ending with an unknown user', 'not-found -', 'friend_remove', $alex, 999);
refused('ending with oneself', 'not-found -', 'friend_remove', $alex, $alex);
$pg->send($alex, 'single', $kim, 'before the end');
my $removed = $pg->call('friend_remove', $kim, $alex);
is_deeply [map { [$_->[0], $_->[1]{type}, $_->[1]{friend}{id}, $_->[1]{ended} ? 1 : 0] } events($removed->{outbox})],
    [[$kim, 'friend', $alex, 1], [$alex, 'friend', $kim, 1]], 'ending tells both';
is_deeply [$pg->call('friend_ids', $alex)], [$max], 'the friendship is gone for both';
refused('ending twice', 'not-found -', 'friend_remove', $kim, $alex);
refused('accepting the old request of an ended friendship', 'not-found -',
    'friend_request_answer', $kim, $asked->{request_id}, 1);
is $pg->send($alex, 'single', $kim, 'after the end')->{problem}, 'not-friends', 'nothing can be sent';
is $pg->call('history', $alex, 'single', $kim, undef, undef, 50)->{msg}, 'before the end', 'the past can be read';
$pg->befriend($alex, $kim);
is $pg->send($kim, 'single', $alex, 'again')->{seq}, 2, 'a second friendship goes on in the same conversation';
is $pg->value("select count(*) from magpie.conversation where low_id = $alex and high_id = $kim"), 1, 'there is one';

# --- at once ---

for my $round (1 .. 5) {
    my ($one, $two) = map { $pg->user("$_$round") } qw(ann bob);
    my @made = map { $_->[0] } $pg->at_once(
        ['friend_request_ask', $one, "bob$round", '', undef], ['friend_request_ask', $two, "ann$round", '', undef]);
    is_deeply [sort map { $_->{accepted} } @made], [0, 1], "round $round: A asks B while B asks A: one accepts";
    is_deeply [$pg->call('friend_ids', $one)], [$two], '... one friendship';
    is $pg->value("select count(*) from magpie.friend_request where from_id in ($one, $two)"), 1, '... of one request';
}
my ($one, $two) = map { $pg->user($_) } qw(carl dora);
my $request = $pg->call('friend_request_ask', $one, 'dora', '', undef)->{request_id};
my @answers = map { $_->[0] } $pg->at_once(map { ['friend_request_answer', $two, $request, 1] } 1 .. 10);
is scalar(grep { !defined $_->{problem} } @answers), 10, 'accepting ten times at once: the same result';
is scalar(grep { @{ $_->{outbox} } } @answers), 1, 'and one set of events';
my @ends = map { $_->[0] } $pg->at_once(map { ['friend_remove', @$_] } ([$one, $two], [$two, $one]) x 4);
is scalar(grep { !defined $_->{problem} } @ends), 1, 'ending eight times at once, from both sides: once';
$request = $pg->call('friend_request_ask', $one, 'dora', '', undef)->{request_id};
@answers = map { $_->[0] } $pg->at_once(map { ['friend_request_answer', $two, $request, $_ % 2] } 1 .. 8);
is $pg->value("select state in ('accepted', 'rejected') from magpie.friend_request where id = $request"), 1,
    'accepting and rejecting at once: one of the two';
is $pg->value("select (state = 'accepted') = exists (select from magpie.friendship where user_id = $one)
    from magpie.friend_request where id = $request"), 1, 'and they are friends accordingly';

# Whatever concerns two people waits for their accounts first, and has nothing else then.
$pg->befriend($alex, $eve);
my ($holder, $ender) = ($pg->session(user => 'postgres'), $pg->session);
$holder->do("begin; select from magpie.account where id = $eve for no key update");
$ender->begin(MagpiePg::Session::call_query('friend_remove', $alex, $eve));
$pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
is scalar(() = $holder->rows("select user_id from magpie.friendship where user_id in ($alex, $eve)
    and friend_id in ($alex, $eve) for update nowait")), 2, 'ending waits for the accounts before it touches the friendship';
$holder->do('commit');
is +($ender->result)[0]{problem}, undef, 'and goes on then';

my $event_gaps = $pg->value("select count(*) from (
    select (event->>'me_rev')::int8 - lag((event->>'me_rev')::int8, 1, 0) over (
        partition by user_id order by (event->>'me_rev')::int8) as step
      from magpie.outbox where event is not null) x where step <> 1");
is $event_gaps, 0, 'no me_rev was left out or given twice';

$pg->log_ok;
done_testing;
