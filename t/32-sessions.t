#!/usr/bin/perl
# Sessions, over HTTP: their list, ending one or all others, a new password, the end of an account. What
# is ended is over at once, in every worker: its requests and the polls that it holds.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);

sub sessions { return $_[0]->get('/api/sessions')->json->{sessions}->@* }
sub current  { my ($s) = grep { $_->{current} } sessions($_[0]); return $s->{id} }

# Polls that are held, enough for both workers to have some, of somebody whose session is about to end.
sub held {
    my ($user) = @_;
    my @polls = map { $user->open_queue->begin(timeout => 30) } 1 .. 6;
    is scalar(grep { defined } map { $_->wait(0.1) } @polls), 0, 'polls are held';
    return @polls;
}

# They end with 401, within a second of `since`; and so does whatever the session asks.
sub is_over {
    my ($what, $user, $since, @polls) = @_;
    for my $poll (@polls) {
        my $reply = $poll->wait(5);
        refused($reply, 401, 'no-session', undef, "$what: a held poll");
    }
    cmp_ok time - $since, '<', 1, '... within a second' if @polls;
    refused($user->get('/api/me'), 401, 'no-session', undef, "$what: the session") for 1 .. 4;
    return;
}

subtest 'the list' => sub {
    my $phone = $alex->other_browser;
    my @list  = sessions($alex);
    is scalar @list, 2, 'my sessions';
    is_deeply [sort keys $list[0]->%*], [qw(address created_at current device id last_used_at)], 'each with what tells it';
    is_deeply [map { !!$_->{current} } @list], [!!1, !!0], 'the one that asks is marked';
    is_deeply [map { $_->{address} } @list], ['127.0.0.1', '127.0.0.1'], 'with the address that nginx saw';
    is_deeply [map { !!$_->{current} } sessions($phone)], [!!0, !!1], 'another one is marked there';
    my $login = sub { return $magpie->request(POST => '/api/login', { username => 'alex', password => 'password of alex' }, headers => ['User-Agent' => $_[0]]) };
    $login->('Mozilla/5.0 (X11; Linux) Firefox/128.0');
    is +(sessions($alex))[-1]{device}, 'Mozilla/5.0 (X11; Linux) Firefox/128.0', 'the device as it calls itself';
    my @ids  = map { $_->{id} } sessions($alex);
    my $page = $alex->get('/api/sessions?limit=1')->json;
    is_deeply [map({ $_->{id} } $page->{sessions}->@*), !!$page->{more}], [$ids[0], !!1], 'a page of it';
    $page = $alex->get("/api/sessions?after=$ids[1]")->json;
    is_deeply [map({ $_->{id} } $page->{sessions}->@*), !!$page->{more}], [$ids[2], !!0], 'and the rest';
    is_deeply [map { $_->{id} } sessions($kim)], [grep { my $id = $_; !grep { $_ == $id } @ids } map { $_->{id} } sessions($kim)],
        'nobody sees those of another';
    refused($magpie->stranger->get('/api/sessions'), 401, 'no-session', undef, 'without a session');
    refused($alex->get('/api/sessions?all=1'), 400, 'malformed', 'all', 'with a member too many');

    # The use is noted by whoever asks PostgreSQL; until then the cache knows the session.
    $magpie->psql("update magpie.session set address = '192.0.2.1', last_used_at = now() - interval '2 hours'");
    $magpie->redis('FLUSHALL');
    is_deeply [map { $_->{address} } grep { $_->{current} } sessions($phone)], ['127.0.0.1'], 'a use after an hour is noted, with its address';
    is scalar(grep { $_->{address} eq '192.0.2.1' } sessions($phone)), 2, 'and of no other session';
};

subtest 'ending one' => sub {
    my $phone = $alex->other_browser;
    my $id    = current($phone);
    refused($kim->delete("/api/sessions/$id"), 404, 'not-found', undef, "another's session");
    refused($kim->delete('/api/sessions/999999'), 404, 'not-found', undef, 'an unknown one');
    is $kim->delete("/api/sessions/$id")->body, $kim->delete('/api/sessions/999999')->body, 'which is the same';
    refused($alex->delete('/api/sessions/0'), 400, 'malformed', ANY, 'no id');
    refused($alex->request(DELETE => "/api/sessions/$id", undef, csrf => 'x'), 403, 'csrf', undef, 'without the token');
    refused($magpie->stranger->delete("/api/sessions/$id"), 401, 'no-session', undef, 'without a session');
    is $phone->get('/api/me')->status, 200, 'none of them ended it';
    my @polls = held($phone);
    my $mine  = $alex->open_queue->begin(timeout => 30);
    my $since = time;
    is $alex->delete("/api/sessions/$id")->status, 204, 'one is ended';
    is_over('ended', $phone, $since, @polls);
    refused($alex->delete("/api/sessions/$id"), 404, 'not-found', undef, 'twice');
    is $alex->get('/api/me')->status, 200, 'the one that asked is not';
    is $mine->wait(0.2), undef, 'and its poll is held on';
    $mine->close;

    my $tablet = $alex->other_browser;
    my $reply  = $tablet->delete('/api/sessions/' . current($tablet));
    is $reply->status, 204, 'the one that asks';
    is scalar(grep { /^magpie=;.*Max-Age=0/ } $reply->header('Set-Cookie')), 1, 'is logged out';
    is_over('one\'s own', $tablet, time);
};

subtest 'ending all others' => sub {
    my @others = map { $alex->other_browser } 1 .. 3;
    my @polls  = map { held($_) } @others[0, 1];
    refused($alex->request(DELETE => '/api/sessions', undef, csrf => 'x'), 403, 'csrf', undef, 'without the token');
    refused($alex->delete('/api/sessions', { all => 1 }), 400, 'malformed', 'all', 'with a member');
    my $since = time;
    is $alex->delete('/api/sessions')->status, 204, 'all others are ended';
    is_over('others', $others[0], $since, @polls);
    is_over('others', $_, time) for @others[1, 2];
    is_deeply [map { !!$_->{current} } sessions($alex)], [!!1], 'one is left, which asked';
    is $alex->delete('/api/sessions')->status, 204, 'again: no error';
    is $kim->get('/api/me')->status, 200, 'nobody else is logged out';
};

subtest 'a new password' => sub {
    my $phone = $alex->other_browser;
    my $set   = sub { my ($old, $new, %option) = @_; return $alex->request(POST => '/api/password', { old => $old, new => $new }, %option) };
    refused($set->('wrong', 'long enough'), 403, 'bad-password', 'old', 'a wrong old one');
    refused($set->('password of alex', $_), 400, 'malformed', 'new', 'as new: ' . length . ' bytes') for '', '1234567', 'x' x 257;
    refused($set->('', 'long enough'), 400, 'malformed', 'old', 'no old one');
    refused($set->('password of alex', 'long enough', csrf => 'x'), 403, 'csrf', undef, 'without the token');
    refused($magpie->stranger->post('/api/password', {}), 401, 'no-session', undef, 'without a session');
    is $phone->get('/api/me')->status, 200, 'none of them ended a session';
    is $alex->login->status, 200, 'nor changed the password';
    my @polls = held($phone);
    my $since = time;
    is $set->('password of alex', 'another one')->status, 204, 'it is changed';
    is_over('by another password', $phone, $since, @polls);
    is $alex->get('/api/me')->status, 200, 'the session that asked lives';
    refused($alex->login, 401, 'bad-credentials', undef, 'the old one is no longer good');
    $alex->{password} = 'another one';
    is $alex->login->status, 200, 'the new one is';
};

subtest 'as often as a login' => sub {
    my $strict = Magpie->start(workers => 1, limits => 1, set => 'limits.login_burst=3 limits.login_rate=1');
    my $user   = $strict->user('alex');
    is_deeply [map { $user->post('/api/password', { old => 'wrong', new => 'long enough' })->status } 1 .. 4], [403, 403, 403, 429], 'a password is tried';
    refused($user->post('/api/me/delete', { password => 'wrong', messages => 'keep' }), 429, 'too-many-requests', undef, 'nor at the other route');
};

subtest 'the end of an account, and what it wrote stays' => sub {
    my $olga  = $magpie->user('olga', friends => [$alex, $kim]);
    my $group = $olga->post('/api/groups', { name => 'Birds' })->json->{group}{id};
    $olga->post("/api/groups/$group/members", { user_id => $_->id }) for $kim, $alex;
    $olga->send(group => $group, msg => 'for all');
    $olga->send(to => $alex, msg => 'for one');
    my $phone = $olga->other_browser;
    my $end   = sub { my ($password, $messages, %option) = @_; return $olga->request(POST => '/api/me/delete', { password => $password, messages => $messages }, %option) };
    refused($end->('wrong', 'keep'), 403, 'bad-password', 'password', 'a wrong password');
    refused($end->('password of olga', 'perhaps'), 400, 'malformed', 'messages', 'neither');
    refused($end->('password of olga', 'keep', csrf => 'x'), 403, 'csrf', undef, 'without the token');
    refused($magpie->stranger->post('/api/me/delete', {}), 401, 'no-session', undef, 'without a session');
    is $olga->get('/api/me')->status, 200, 'none of them did it';
    my $tab   = $alex->open_queue;
    my @polls = held($phone);
    my $since = time;
    my $reply = $end->('password of olga', 'keep');
    is $reply->status, 204, 'deleted';
    is scalar(grep { /^magpie=;.*Max-Age=0/ } $reply->header('Set-Cookie')), 1, 'and logged out';
    is_over('of a deleted account', $_, $since, splice @polls) for $phone, $olga;

    my @events;
    wait_until { push @events, $tab->events(timeout => 1); grep { $_->{type} eq 'friend' } @events } 5;
    is_deeply [map { $_->{friend}{id} . ($_->{ended} ? ' ended' : '') } grep { $_->{type} eq 'friend' } @events], [$olga->id . ' ended'], 'a friend hears of it';
    is_deeply [map { $_->{message}{notice}{what} } grep { $_->{type} eq 'message' } @events], ['owner-passed', 'member-left'], 'so does the group';
    is_deeply [map { "$_->{username} $_->{role}" } $alex->get("/api/groups/$group")->json->{group}{members}->@*], ['kim owner', 'alex member'],
        'which has the oldest member for an owner';
    my ($text) = grep { $_->{kind} eq 'text' } $alex->get("/api/history?contact_type=group&contact_id=$group")->json->{messages}->@*;
    is "'$text->{from_name}' $text->{msg}", "'' for all", 'what was written is there, without a name';
    my ($contact) = grep { $_->{contact_type} eq 'single' && $_->{contact_id} == $olga->id } $alex->post('/api/changes')->json->{contacts}->@*;
    is_deeply [$contact->{name}, !!$contact->{ended}], ['', !!1], 'the conversation has ended';
    refused($alex->send(to => $olga, msg => 'x'), 403, 'not-friends', 'to', 'writing to nobody');

    my ($gone, $unknown) = map { $magpie->request(POST => '/api/login', { username => $_, password => 'password of olga' }) } 'olga', 'nobody.here';
    refused($gone, 401, 'bad-credentials', undef, 'logging in');
    is $gone->body, $unknown->body, 'as somebody unknown';
    my %took;
    for (1 .. 7) {
        for my $who ('olga', 'nobody.here') {
            my $begin = time;
            $magpie->request(POST => '/api/login', { username => $who, password => 'password of olga' });
            push $took{$who}->@*, time - $begin;
        }
    }
    my ($one, $two) = map { (sort { $a <=> $b } $_->@*)[3] } @took{ 'olga', 'nobody.here' };
    ok $one / $two > 0.5 && $one / $two < 2, 'after the same time';
    refused($magpie->request(POST => '/api/register', { username => 'olga', password => 'long enough', name => 'Other' }), 409, 'username-taken', 'username',
        'the name is taken');
    $magpie->psql(q{update magpie.kept_username set free_at = free_at - interval '31 days'});
    is $magpie->request(POST => '/api/register', { username => 'olga', password => 'long enough', name => 'Other' })->status, 201, 'until 30 days are over';
};

subtest 'the end of an account, and what it wrote goes' => sub {
    my $tom   = $magpie->user('tom', friends => [$alex]);
    my $group = $alex->post('/api/groups', { name => 'Lake' })->json->{group}{id};
    $alex->post("/api/groups/$group/members", { user_id => $tom->id });
    $tom->send(group => $group, msg => "secret $_") for 1 .. 3;
    $tom->send(to => $alex, msg => 'secret of two');
    my $tab = $alex->open_queue;
    my ($before) = map { $_->{rev} } grep { $_->{contact_type} eq 'group' && $_->{contact_id} == $group } $tab->state->{contacts}->@*;
    is $tom->post('/api/me/delete', { password => 'password of tom', messages => 'delete' })->status, 204, 'deleted';
    my @events;
    wait_until { push @events, $tab->events(timeout => 1); 3 == grep { $_->{type} =~ /^(?:recall|friend)$/ } @events } 5;
    my %recall = map { $_->{message}{contact_type} => $_->{message} } grep { $_->{type} eq 'recall' } @events;
    is_deeply [@{ $recall{group} }{qw(contact_id seq rev kind msg from from_name)}], [$group, 5, $before + 3, 'recalled', '', $tom->id, ''], 'a group hears of the last';
    is_deeply [@{ $recall{single} }{qw(contact_id seq rev kind msg)}], [$tom->id, 1, 2, 'recalled', ''], 'and a friend';
    is_deeply [map { "$_->{seq} $_->{kind} $_->{msg}" } $alex->get("/api/history?contact_type=group&contact_id=$group&after_rev=$before")->json->{messages}->@*],
        ['3 recalled ', '4 recalled ', '5 recalled ', ($before + 4) . ' notice '], 'the history has all of them';
    is $magpie->psql(q{select count(*) from magpie.message where msg like 'secret%'}), 0, 'none of the texts is left';
};

subtest 'and so does what it announced' => sub {
    my $ora   = $magpie->user('ora', friends => [$alex]);
    my $group = $ora->post('/api/groups', { name => 'Cove' })->json->{group}{id};
    $ora->post("/api/groups/$group/members", { user_id => $alex->id });
    is $ora->put("/api/groups/$group/announcement", { text => 'secret of all' })->status, 204, 'announced';
    $magpie->settled;
    my $tab = $alex->open_queue;
    is $ora->post('/api/me/delete', { password => 'password of ora', messages => 'delete' })->status, 204, 'deleted';
    my @events;
    wait_until { push @events, $tab->events(timeout => 1); grep { $_->{type} eq 'friend' } @events } 5;
    is_deeply [map { "$_->{type} " . ($_->{message}{notice} ? $_->{message}{notice}{what} : $_->{message}{kind}) } grep { $_->{message} } @events],
        ['message announcement-removed', 'recall recalled', 'message owner-passed', 'message member-left'], 'a member is told';
    is $alex->get("/api/groups/$group")->json->{group}{announcement}, undef, 'nothing is on top';
    unlike $alex->get("/api/history?contact_type=group&contact_id=$group")->body, qr/secret/, 'nor among the messages';
    is $magpie->psql(q{select count(*) from magpie.message where notice::text like '%secret%'}), 0, 'nor anywhere else';
};

done_testing;
