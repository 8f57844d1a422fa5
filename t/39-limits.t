#!/usr/bin/perl
# Limits of rate: whoever is too fast is told when to come again, and others notice nothing. A flood of
# logins is refused at once, and costs nobody else anything.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2, limits => 1, set => join ' ', qw(
    limits.send_rate=2 limits.send_burst=5 limits.queue_rate=60 limits.queue_burst=3
    limits.request_rate=10 limits.request_burst=30 limits.login_rate=60 limits.login_burst=6
    limits.register_rate=3600 limits.register_burst=5 limits.poll_rate=5 limits.poll_burst=20 limits.asks_a_day=6 limits.find_rate=60 limits.find_burst=10));
my $alex = $magpie->user('alex');
my $kim  = $magpie->user('kim', friends => [$alex]);

sub tally { my %count; $count{$_}++ for @_; return \%count }

# The same request at once, `count` times: the statuses, and the first that was refused.
sub flood {
    my ($count, @request) = @_;
    my @answers = $magpie->parallel((\@request) x $count);
    my ($refused) = grep { $_->status == 429 } @answers;
    return (tally(map { $_->status } @answers), $refused);
}

# Waits as long as the answer says, and not longer.
sub as_told {
    my ($refused, $again, $what) = @_;
    my $seconds = $refused->header('Retry-After');
    like $seconds, qr/^[1-9]\d?$/, "$what: in $seconds s";
    ok wait_until(sub { $again->()->status != 429 }, $seconds + 1), 'then it goes on';
    return;
}

subtest 'messages' => sub {
    my @sends = map { { contact_type => 'single', to => $kim->id, msg => "m$_", client_id => Magpie->uuid } } 1 .. 12;
    my @answers = $magpie->parallel(map { [POST => '/api/send', $_, $alex] } @sends);
    my ($refused) = grep { $_->status == 429 } @answers;
    my $passed = grep { $_->status == 201 } @answers;
    ok $passed >= 5 && $passed <= 9, "as many as may come at once ($passed), whichever worker they reach";
    refused $refused, 429, 'too-many-requests', undef, 'the next';
    is $kim->send(to => $alex, msg => 'not me')->status, 201, 'another user may';
    my ($again) = grep { $answers[$_]->status == 429 } 0 .. $#answers;
    as_told($refused, sub { $alex->post('/api/send', $sends[$again]) }, 'the same message again');
    my @stored = map { $_->{msg} } @{ $kim->get('/api/history?contact_type=single&contact_id=' . $alex->id . '&limit=200')->json->{messages} };
    is scalar(grep { $_ eq $sends[$again]{msg} } @stored), 1, 'and is stored once';
};

subtest 'queues' => sub {
    my ($count, $refused) = flood(6, POST => '/api/queues', {}, $alex);
    ok $count->{201} >= 3 && $count->{429}, "three at once ($count->{201})";
    refused $refused, 429, 'too-many-requests', undef, 'the next';
    is $kim->post('/api/queues', {})->status, 201, 'another user may';
    as_told($refused, sub { $alex->post('/api/queues', {}) }, 'another one');
};

subtest 'all else' => sub {
    my ($count, $refused) = flood(45, GET => '/api/me', undef, $alex);
    ok $count->{200} >= 25 && $count->{200} < 45 && $count->{429}, "as many as may come at once ($count->{200})";
    refused $refused, 429, 'too-many-requests', undef, 'the next';
    is $kim->get('/api/me')->status, 200, 'another user may';
    as_told($refused, sub { $alex->get('/api/me') }, 'who am I');
};

# Each worker counts them for itself: with two, twice as many may pass.
subtest 'polls' => sub {
    my ($tab, $others) = map { my $user = $_; wait_until(sub { eval { $user->open_queue } }, 5) } $alex, $kim;
    my ($count, $refused) = flood(120, GET => $tab->path(timeout => 0), undef, $alex);
    my $passed = $count->{200};
    ok $passed >= 20 && $passed <= 60 && $count->{429} == 120 - $passed, "as many as may come at once ($passed)";
    refused $refused, 429, 'too-many-requests', undef, 'the next';
    is $others->poll(timeout => 0)->status, 200, 'another user may';
    is $alex->get('/api/me')->status, 200, 'and so may the same one, something else';
    as_told($refused, sub { $tab->poll(timeout => 0) }, 'a poll');
};

subtest 'logins' => sub {
    my ($count, $refused) = flood(20, POST => '/api/login', { username => 'alex', password => 'a guess' });
    ok $count->{401} && $count->{401} <= 8, "a few guesses are answered ($count->{401})";
    is_deeply [grep { !/^(?:401|429)$/ } keys %$count], [], 'the others refused';
    refused $refused, 429, 'too-many-requests', undef, 'a guess too many';
    is $alex->get('/api/me')->status, 200, 'whoever is logged in notices nothing';
    as_told($refused, sub { $alex->login }, 'logging in');
    ok wait_until(sub { $alex->login->status == 200 }, 5), 'and the owner is not locked out';
};

subtest 'registrations' => sub {
    my @answers = $magpie->parallel(map { [POST => '/api/register', { username => "flood$_", password => 'long enough', name => 'x' }] } 1 .. 12);
    my $count = tally(map { $_->status } @answers);
    ok $count->{201} && $count->{201} <= 7, "a few ($count->{201})";
    my ($refused) = grep { $_->status == 429 } @answers;
    refused $refused, 429, 'too-many-requests', undef, 'one too many';
    is $magpie->psql(q(select count(*) from magpie.account where username like 'flood%')), $count->{201}, 'and makes no account';
};

subtest 'looking for people' => sub {
    my ($count, $refused) = flood(20, GET => '/api/users?prefix=al', undef, $kim);
    ok $count->{200} >= 8 && $count->{200} < 14 && $count->{429}, "as many as may come at once ($count->{200})";
    refused $refused, 429, 'too-many-requests', undef, 'the next';
    refused $kim->post('/api/friend-requests', { username => 'nobody.here' }), 429, 'too-many-requests', undef, 'asking by name is looking, too';
    is $alex->get('/api/users?prefix=ki')->status, 200, 'another user may';
    as_told($refused, sub { $kim->get('/api/users?prefix=al') }, 'looking');
    $magpie->redis(DEL => 'rate:find:{u' . $kim->id . '}');
};

# Whoever blocks id after id, and reads the list, has the names of all.
subtest 'blocking' => sub {
    $magpie->psql("insert into magpie.account (username, name, password_hash) select 'number' || n, 'x', 'x' from generate_series(1, 25) n");
    my @ids = map { 0 + $_ } $magpie->psql("select id from magpie.account where username like 'number%'");
    my @answers = $magpie->parallel(map { [POST => '/api/blocks', { user_id => $_ }, $kim] } @ids);
    my $count = tally(map { $_->status } @answers);
    ok $count->{204} >= 8 && $count->{204} < 18 && $count->{429}, "as many as may come at once ($count->{204})";
    refused +(grep { $_->status == 429 } @answers)[0], 429, 'too-many-requests', undef, 'the next';
    is $kim->get('/api/users?prefix=al')->status, 200, 'looking is counted apart';
    $magpie->redis(DEL => "rate:$_:{u" . $kim->id . '}') for qw(find block);
    $kim->delete("/api/blocks/$_") for @ids;
};

subtest 'friend requests' => sub {
    my @many = map { "asked$_" } 1 .. 20;
    $magpie->psql("insert into magpie.account (username, name, password_hash) values ('$_', 'x', 'x')") for @many;
    ok wait_until(sub { $kim->get('/api/me')->status == 200 }, 5), 'a user who may ask';
    my @answers = map { $magpie->redis(DEL => 'rate:find:{u' . $kim->id . '}'); $magpie->parallel(map { [POST => '/api/friend-requests', { username => $_ }, $kim] } @$_) }
        [@many[0 .. 9]], [@many[10 .. 19]];
    my $count = tally(map { $_->status } @answers);
    is $count->{201}, 5, 'of 20 at once as many pass as may in a day, less the one before';
    my ($refused) = grep { $_->status == 429 } @answers;
    refused $refused, 429, 'too-many-requests', undef, 'the next';
    my ($later) = sort { $b <=> $a } map { $_->header('Retry-After') // 0 } @answers;
    ok $later > 86_000 && $later <= 86_400, "tomorrow ($later s)";
    is $magpie->psql('select count(*) from magpie.friend_request where from_id = ' . $kim->id), 6, 'no more are stored';
    is $alex->post('/api/friend-requests', { username => 'asked1' })->status, 201, 'another user may';
};

subtest 'a clock that was set back an hour' => sub {
    my @keys = map { "rate:$_:{u" . $alex->id . '}' } qw(send request);
    my ($now) = $magpie->redis('TIME')->@*;
    $magpie->redis(SET => $_, ($now + 3600) * 1_000_000) for @keys;
    is $alex->send(to => $kim, msg => 'an hour ago')->status, 201, 'a send of that hour is no reason to refuse one now';
    is $alex->get('/api/me')->status, 200, 'nor is a request';
    ok $magpie->redis(GET => $keys[0]) < ($now + 60) * 1_000_000, 'and it is counted from now on';
};

subtest 'Redis forgets' => sub {
    $magpie->redis('FLUSHALL');
    is $alex->send(to => $kim, msg => 'after all')->status, 201, 'the limits are counted anew';
    kill STOP => $magpie->pid('redis');
    my @statuses = map { $alex->send(to => $kim, msg => "without $_")->status } 1 .. 2;
    kill CONT => $magpie->pid('redis');
    is_deeply \@statuses, [201, 201], 'and without Redis nobody is refused';
};
$magpie->finish;

# The places before the pool that hashes passwords are few: the others hear so at once.
$magpie = Magpie->start(workers => 1, set => 'password.threads=1 password.queue=3');
$alex   = $magpie->user('alex');
$kim    = $magpie->user('kim', friends => [$alex]);
subtest 'a full pool' => sub {
    my @logins  = map { $magpie->begin(POST => '/api/login', { username => 'alex', password => "guess $_" }) } 1 .. 40;
    my $message = $alex->send(to => $kim, msg => 'meanwhile');
    my @answers = map { $_->wait(10) } @logins;
    is $message->status, 201, 'a message';
    ok $message->seconds < 0.5, sprintf 'is committed meanwhile (%.2f s)', $message->seconds;
    my $count = tally(map { $_->status } @answers);
    is_deeply [sort keys %$count], [401, 503], 'a guess is answered, or there is no room for it';
    my ($busy) = grep { $_->status == 503 } @answers;
    refused $busy, 503, 'busy', undef, 'no room';
    is $alex->login->status, 200, 'then there is';
};

done_testing;
