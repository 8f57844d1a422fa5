#!/usr/bin/perl
# Friendships: asking, accepting, rejecting, listing, ending; and what each sees of it.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2);
my ($alex, $kim, $sam, $eve) = map { $magpie->user($_) } qw(alex kim sam eve);

sub who { my ($user) = @_; return { id => $user->id, username => $user->username, name => ucfirst $user->username, avatar => undef } }

sub ask_friend {
    my ($from, $to, %more) = @_;
    return $from->post('/api/friend-requests', { username => $to->username, %more });
}

sub requests { my ($user) = @_; return $user->get('/api/friend-requests')->json }
sub friends  { my ($user) = @_; return $user->get('/api/friends')->json->{friends} }

# The events of a tab that are of one type, once the first has come.
sub event {
    my ($tab, $type) = @_;
    my @found;
    wait_until { @found = grep { $_->{type} eq $type } $tab->events(timeout => 1) } 5;
    return $found[0];
}

subtest 'asking and accepting' => sub {
    my ($his, $hers) = map { $_->open_queue } $alex, $kim;
    my $asked = ask_friend($alex, $kim, note => "it's me \x{1F426}");
    is $asked->status, 201, 'asked';
    my $id = $asked->json->{id};
    is_deeply $asked->json, { id => $id }, 'the answer is the id alone';

    my ($mine, $theirs) = map { requests($_) } $alex, $kim;
    my $timestamp = $theirs->{incoming}[0]{timestamp};
    like $timestamp, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'it has a time';
    my $entry = sub { +{ id => $id, user => who($_[0]), note => "it's me \x{1F426}", timestamp => $timestamp } };
    is_deeply $mine,   { incoming => [], outgoing => [$entry->($kim)],  more => \0 }, 'the asker sees it going out';
    is_deeply $theirs, { incoming => [$entry->($alex)], outgoing => [], more => \0 }, 'the asked sees it coming in';
    is_deeply requests($eve), { incoming => [], outgoing => [], more => \0 }, 'nobody else sees it';

    my $event = event($hers, 'friend-request');
    is_deeply $event->{request}, { %{ $entry->($alex) }, direction => 'incoming', state => 'open' }, 'an event told her';
    is event($his, 'friend-request')->{request}{direction}, 'outgoing', 'and his own tabs';

    refused ask_friend($alex, $kim), 409, 'already-asked', 'username', 'asking again';
    refused $alex->post("/api/friend-requests/$id/accept"), 404, 'not-found', ANY, "accepting one's own";
    refused $eve->post("/api/friend-requests/$id/accept"), 404, 'not-found', ANY, "accepting another's";
    refused $eve->post("/api/friend-requests/$id/reject"), 404, 'not-found', ANY, "rejecting another's";
    is_deeply friends($kim), [], 'that changed nothing';

    is $kim->post("/api/friend-requests/$id/accept", {})->status, 204, 'accepted';
    is $kim->post("/api/friend-requests/$id/accept")->status, 204, 'accepting twice is the same';
    refused $kim->post("/api/friend-requests/$id/reject"), 404, 'not-found', ANY, 'rejecting what was accepted';
    my $since = friends($kim)->[0]{since};
    like $since, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d{3}Z$/, 'since when';
    is_deeply friends($kim), [{ %{ who($alex) }, status => '', remark => '', list_id => 0, since => $since,
        map { $_ => friends($kim)->[0]{$_} } qw(online state last_seen) }], 'she has a friend';
    is_deeply [map { $_->{id} } @{ friends($alex) }], [$kim->id], 'and so has he';
    is_deeply requests($kim), { incoming => [], outgoing => [], more => \0 }, 'nothing is open any more';
    is event($hers, 'friend')->{friend}{id}, $alex->id, 'her tab knows';
    my $friend = event($his, 'friend');
    is_deeply $friend->{friend}, { %{ who($kim) }, status => '', remark => '', list_id => 0 }, 'and his';
    ok !$friend->{ended}, 'that it began';
    refused ask_friend($alex, $kim), 409, 'already-friends', 'username', 'asking a friend';
    refused ask_friend($kim, $alex), 409, 'already-friends', 'username', 'the other way';
};

subtest 'asking somebody who has asked' => sub {
    my $id = ask_friend($alex, $sam)->json->{id};
    my $answer = ask_friend($sam, $alex);
    is $answer->status, 201, 'is good';
    is_deeply $answer->json, { id => $id, accepted => \1 }, 'and accepts';
    ok +(grep { $_->{id} == $sam->id } @{ friends($alex) }), 'they are friends';
};

subtest 'both ask at once' => sub {
    my @pairs = map { [$magpie->user("left$_"), $magpie->user("right$_")] } 1 .. 4;
    my @answers = $magpie->parallel(map {
        my ($left, $right) = @$_;
        ([POST => '/api/friend-requests', { username => $right->username }, $left],
         [POST => '/api/friend-requests', { username => $left->username }, $right])
    } @pairs);
    is_deeply [map { $_->status } @answers], [(201) x @answers], 'each is told 201';
    is_deeply [map { scalar @{ friends($_->[0]) } } @pairs], [(1) x @pairs], 'and they are friends, once';
};

subtest 'rejecting' => sub {
    my $id = ask_friend($eve, $alex)->json->{id};
    is $alex->post("/api/friend-requests/$id/reject")->status, 204, 'rejected';
    refused $alex->post("/api/friend-requests/$id/accept"), 404, 'not-found', ANY, 'it is over';
    is_deeply requests($eve)->{outgoing}, [], 'also for the asker';
    is ask_friend($eve, $alex)->status, 201, 'who may ask anew';
    my $again = requests($alex)->{incoming}[0]{id};
    is $alex->post("/api/friend-requests/$again/reject")->status, 204, 'and be rejected anew';
};

subtest 'taking back' => sub {
    $magpie->settled;
    my ($his, $hers) = map { $_->open_queue } $alex, $eve;
    my $id = ask_friend($alex, $eve)->json->{id};
    refused $_->delete("/api/friend-requests/$id"), 404, 'not-found', undef, "another's" for $eve, $kim;
    is $alex->delete("/api/friend-requests/$id")->status, 204, "one's own";
    is_deeply requests($_), { incoming => [], outgoing => [], more => \0 }, 'it is gone' for $alex, $eve;
    for ($his, $hers) {
        my @states;
        ok wait_until(sub { push @states, map { $_->{request} ? $_->{request}{state} : () } $_->events(timeout => 1); @states == 2 }, 5),
            'a tab is told';
        is_deeply \@states, ['open', 'withdrawn'], 'of both';
    }
    refused $alex->delete("/api/friend-requests/$id"), 404, 'not-found', undef, 'twice';
    refused $eve->post("/api/friend-requests/$id/accept"), 404, 'not-found', undef, 'accepting it';
    refused $alex->delete('/api/friend-requests/999999999'), 404, 'not-found', undef, 'an unknown one';
    refused $alex->delete("/api/friend-requests/$id", undef, csrf => undef), 403, 'csrf', undef, 'no token';
    refused $magpie->request(DELETE => "/api/friend-requests/$id"), 401, 'no-session', undef, 'no session';
};

subtest 'growing old' => sub {
    my $id = ask_friend($alex, $eve)->json->{id};
    $magpie->psql("update magpie.friend_request set created_at = now() - interval '31 days' where id = $id");
    is_deeply requests($_), { incoming => [], outgoing => [], more => \0 }, 'after 30 days it is over' for $alex, $eve;
    refused $eve->post("/api/friend-requests/$id/accept"), 404, 'not-found', undef, 'accepting it';
    refused $alex->delete("/api/friend-requests/$id"), 404, 'not-found', undef, 'taking it back';
    my $again = ask_friend($eve, $alex);
    is $again->status, 201, 'and asking asks';
    ok !$again->json->{accepted}, '... and accepts nothing';
    is $eve->delete('/api/friend-requests/' . $again->json->{id})->status, 204, 'as one sees';
};

subtest 'accepting with a remark' => sub {
    my ($lea, $leo) = map { $magpie->user($_) } qw(lea leo);
    my $id = ask_friend($lea, $leo)->json->{id};
    for ("x" x 33, 7, undef, ' x', "a\x{200B}b", "a\nb") {
        refused $leo->post("/api/friend-requests/$id/accept", { remark => $_ }), 400, 'malformed', 'remark', 'a bad remark';
    }
    refused $leo->post("/api/friend-requests/$id/accept", { list_id => $_ }), 400, 'malformed', 'list_id', 'a bad list' for -1, 'x', undef, 1.5;
    refused $leo->post("/api/friend-requests/$id/accept", { list_id => 999_999 }), 404, 'not-found', 'list_id', 'an unknown list';
    is_deeply friends($leo), [], 'they are no friends yet';
    my ($hers, $his) = map { $_->open_queue } $lea, $leo;
    is $leo->post("/api/friend-requests/$id/accept", { remark => "L\x{e9}a \x{1F426}", list_id => 0 })->status, 204, 'accepted';
    is event($his, 'friend')->{friend}{remark}, "L\x{e9}a \x{1F426}", 'his tab has the remark';
    is event($hers, 'friend')->{friend}{remark}, '', 'hers has none';
    is friends($leo)->[0]{remark}, "L\x{e9}a \x{1F426}", 'his list too';
    is friends($lea)->[0]{remark}, '', 'and hers not';
    is $leo->post("/api/friend-requests/$id/accept", { remark => 'another' })->status, 204, 'again it is the same';
    is friends($leo)->[0]{remark}, "L\x{e9}a \x{1F426}", 'and changes nothing';
};

subtest 'what asking refuses' => sub {
    refused $alex->post('/api/friend-requests', { username => 'nobody.here' }), 404, 'not-found', 'username', 'an unknown user';
    refused ask_friend($alex, $alex), 422, 'self', 'username', 'oneself';
    refused $alex->post('/api/friend-requests', {}), 400, 'malformed', 'username', 'nobody';
    refused $alex->post('/api/friend-requests'), 400, 'malformed', 'username', 'no body';
    for ('x', 'Alex', 'a' x 33, 7, undef, []) {
        refused $alex->post('/api/friend-requests', { username => $_ }), 400, 'malformed', 'username', 'a bad name';
    }
    for ("x" x 201, 7, undef) {
        refused ask_friend($alex, $eve, note => $_), 400, 'malformed', 'note', 'a bad note';
    }
    refused ask_friend($alex, $eve, from => $kim->id), 400, 'malformed', 'from', 'a member too many';
    is ask_friend($alex, $eve, note => "\x{1F426}" x 200)->status, 201, '200 characters of four bytes each are good';
    my $id = requests($eve)->{incoming}[0]{id};
    for my $verb (qw(accept reject)) {
        refused $eve->post("/api/friend-requests/999999999/$verb"), 404, 'not-found', ANY, "$verb: an unknown id";
        refused $eve->post("/api/friend-requests/$_/$verb"), 400, 'malformed', 'id', "$verb: the id $_"
            for qw(0 -1 01 +1 1.0 1e2 x 0x10 9007199254740992 18446744073709551617 %20), '1' x 40;
        refused $eve->post("/api/friend-requests/$id/$verb", { id => 1 }), 400, 'malformed', 'id', "$verb: with a member";
        refused $eve->post("/api/friend-requests/$id/$verb", undef, csrf => undef), 403, 'csrf', undef, "$verb: no token";
        refused $magpie->request(POST => "/api/friend-requests/$id/$verb"), 401, 'no-session', undef, "$verb: no session";
        refused $eve->get("/api/friend-requests/$id/$verb"), 405, 'method-not-allowed', undef, "$verb: by GET";
    }
    is scalar @{ requests($eve)->{incoming} }, 1, 'nothing of that answered the request';
};

subtest 'ending' => sub {
    my $tab = $kim->open_queue;
    is $alex->delete('/api/friends/' . $kim->id)->status, 204, 'ended';
    is_deeply friends($kim), [], 'she has no friend';
    is_deeply [grep { $_->{id} == $kim->id } @{ friends($alex) }], [], 'nor he';
    my $event = event($tab, 'friend');
    is $event->{friend}{id}, $alex->id, 'her tab is told of whom';
    ok $event->{ended}, 'that it ended';
    refused $alex->delete('/api/friends/' . $kim->id), 404, 'not-found', ANY, 'twice';
    refused $alex->delete('/api/friends/' . $eve->id), 404, 'not-found', ANY, 'with a stranger';
    refused $alex->delete('/api/friends/999999999'), 404, 'not-found', ANY, 'with nobody';
    refused $alex->delete('/api/friends/' . $alex->id), 404, 'not-found', ANY, 'with oneself';
    refused $alex->delete("/api/friends/$_"), 400, 'malformed', 'id', "the id $_" for qw(0 -1 x 9007199254740992);
    refused $alex->delete('/api/friends/' . $sam->id, undef, csrf => ''), 403, 'csrf', undef, 'no token';
    refused $alex->post('/api/friends/' . $sam->id), 405, 'method-not-allowed', undef, 'by POST';

    refused $kim->send(to => $alex, msg => 'hello?'), 403, 'not-friends', 'to', 'a message to an ex-friend';
    my ($contact) = grep { $_->{contact_id} == $alex->id } @{ $kim->post('/api/changes', {})->json->{contacts} };
    ok $contact->{ended}, 'the conversation stays, and says that it has ended';
    is $contact->{username}, $alex->username, 'and whom to ask again';
    is ask_friend($kim, $alex)->status, 201, 'one may ask again';
    is ask_friend($alex, $kim)->json->{accepted}, 1, 'and be friends again';
    is $kim->send(to => $alex, msg => 'hello!')->status, 201, 'and write';
};

subtest 'pages' => sub {
    my $hub = $magpie->user('hub');
    my @many = map { $magpie->user("many$_", friends => [$hub]) } 1 .. 5;
    my (@ids, $after);
    for (1 .. 3) {
        my $page = $hub->get('/api/friends?limit=2' . (defined $after ? "&after=$after" : ''))->json;
        push @ids, map { $_->{id} } @{ $page->{friends} };
        $after = $ids[-1];
        is !!$page->{more}, @ids < 5, 'more says whether there are more';
    }
    is_deeply \@ids, [map { $_->id } @many], 'all of them, in three pages';
    refused $hub->get("/api/friends?limit=$_"), 400, 'malformed', 'limit', "limit=$_" for '0', '-1', '1001', 'x', '', '01';
    refused $hub->get("/api/friends?after=$_"), 400, 'malformed', 'after', "after=$_" for '-1', 'x', '9007199254740992';
    refused $hub->get('/api/friends?limit=1&limit=2'), 400, 'malformed', 'limit', 'limit twice';
    $_->delete('/api/friends/' . $hub->id) for @many;
    my $far = $magpie->user('far');
    ask_friend($_, $hub) for @many[0, 1];
    ask_friend($hub, $far);
    ask_friend($_, $hub) for @many[2 .. 4];
    my $first = $hub->get('/api/friend-requests?limit=4')->json;
    my $rest  = $hub->get("/api/friend-requests?after=$first->{incoming}[-1]{id}")->json;
    is_deeply [map { $_->{user}{id} } @{ $first->{incoming} }, @{ $rest->{incoming} }], [map { $_->id } @many],
        'requests come in pages too';
    is_deeply [map { [map({ $_->{user}{id} } $_->{outgoing}->@*), !!$_->{more}] } $first, $rest], [[$far->id, !!1], [!!0]],
        'one\'s own among them, in the order of their ids';
};

refused $magpie->request(GET => "/api/$_"), 401, 'no-session', undef, "$_ without a session" for qw(friends friend-requests);
refused $alex->put('/api/friends', {}), 405, 'method-not-allowed', undef, 'PUT /api/friends';

done_testing;
