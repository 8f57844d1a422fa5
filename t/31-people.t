#!/usr/bin/perl
# What people decide about each other: remarks, lists, blocks, who may find and ask whom, and what they
# say of themselves; and what all others see of it.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2);
my ($alex, $eve) = map { $magpie->user($_) } qw(alex eve);
my ($kim, $sam)  = map { $magpie->user($_, friends => [$alex]) } qw(kim sam);

sub friend_of { my ($user, $other) = @_; return (grep { $_->{id} == $other->id } @{ $user->get('/api/friends')->json->{friends} })[0] }

sub contact_of {
    my ($user, $other) = @_;
    return (grep { $_->{contact_id} == $other->id } @{ $user->post('/api/changes', {})->json->{contacts} })[0];
}

# Waits for the next event of a type; gives it.
sub event {
    my ($tab, $type) = @_;
    my @found;
    wait_until { @found = grep { $_->{type} eq $type } $tab->events(timeout => 1) } 5;
    return $found[0];
}

# What has come to a tab by now, as types; who comes and goes apart.
sub heard {
    my ($tab) = @_;
    $magpie->settled;
    return [sort grep { $_ ne 'presence' } map { $_->{type} } $tab->events(timeout => 0)];
}

# That a route refuses strangers, and whoever has no token.
sub guarded {
    my ($method, $path, $body) = @_;
    refused $magpie->request($method, $path, $body), 401, 'no-session', undef, "$method $path: no session";
    refused $alex->request($method, $path, $body, csrf => undef), 403, 'csrf', undef, "$method $path: no token" if $method ne 'GET';
    return;
}

subtest 'remarks' => sub {
    $magpie->settled;
    my ($one, $two, $hers) = map { $_->open_queue } $alex, $alex, $kim;
    my $path = '/api/friends/' . $kim->id;
    is $alex->patch($path, { remark => "K\x{e9}m \x{1F426}" })->status, 204, 'a remark';
    for ($one, $two) {
        my $event = event($_, 'friend');
        is_deeply $event->{friend}, { id => $kim->id, username => 'kim', name => 'Kim', status => '', avatar => undef, remark => "K\x{e9}m \x{1F426}", list_id => 0 },
            'each of my tabs is told';
        ok !$event->{ended}, 'that the friendship goes on';
    }
    is friend_of($alex, $kim)->{remark}, "K\x{e9}m \x{1F426}", 'it is among my friends';
    is_deeply [@{ contact_of($alex, $kim) }{qw(name remark list_id)}], ['Kim', "K\x{e9}m \x{1F426}", 0], 'and my contacts';
    is_deeply heard($hers), [], 'she hears nothing';
    is friend_of($kim, $alex)->{remark}, '', 'and sees nothing';
    is $alex->patch($path, {})->status, 204, 'nothing changes nothing';
    is friend_of($alex, $kim)->{remark}, "K\x{e9}m \x{1F426}", '... nothing';
    for ("x" x 33, 7, undef, ' x', "a\nb", "a\x{202E}b") {
        refused $alex->patch($path, { remark => $_ }), 400, 'malformed', 'remark', 'a bad one';
    }
    is $alex->patch($path, { remark => "\x{1F426}" x 32 })->status, 204, '32 characters of four bytes are good';
    is $alex->patch($path, { remark => '' })->status, 204, 'and none';
    is friend_of($alex, $kim)->{remark}, '', 'takes it away';
    refused $alex->patch("/api/friends/$_", { remark => 'x' }), 404, 'not-found', undef, 'no friend' for $eve->id, $alex->id, 999_999_999;
    guarded(PATCH => $path, { remark => 'x' });
};

subtest 'lists' => sub {
    my ($one, $two, $hers) = map { $_->open_queue } $alex, $alex, $kim;
    my $made = $alex->post('/api/friend-lists', { name => 'Family' });
    is $made->status, 201, 'a list';
    my $family = $made->json->{list}{id};
    is_deeply $made->json, { list => { id => $family, name => 'Family' } }, 'has an id';
    is_deeply event($_, 'friend-lists')->{lists}, [{ id => $family, name => 'Family' }], 'each of my tabs is told' for $one, $two;
    my $work = $alex->post('/api/friend-lists', { name => "W\x{f6}rk" })->json->{list}{id};
    refused $alex->post('/api/friend-lists', { name => $_ }), 409, 'list-name-taken', 'name', 'a name twice' for 'FAMILY', "Wo\x{308}RK";
    refused $alex->post('/api/friend-lists', { name => $_ }), 400, 'malformed', 'name', 'a bad name' for '', ' x', 'x' x 33, 7, undef;
    is $kim->post('/api/friend-lists', { name => 'Family' })->status, 201, 'another user may call one so';
    refused $alex->patch("/api/friend-lists/$family", { name => "w\x{f6}rk" }), 409, 'list-name-taken', 'name', 'renaming to a name that is there';
    is $alex->patch("/api/friend-lists/$work", { place => 1, name => 'Jobs' })->status, 204, 'renaming and moving';
    is_deeply $alex->get('/api/friend-lists')->json, { lists => [{ id => $work, name => 'Jobs' }, { id => $family, name => 'Family' }] }, 'both are so';
    refused $alex->patch("/api/friend-lists/$work", { place => $_ }), 400, 'malformed', 'place', 'a bad place' for 0, 101, 'x', undef, -1;

    my $path = '/api/friends/' . $kim->id;
    is $alex->patch($path, { list_id => $family })->status, 204, 'a friend into a list';
    is friend_of($alex, $kim)->{list_id}, $family, 'is there';
    is event($two, 'friend')->{friend}{list_id}, $family, 'and my tabs know';
    refused $alex->patch($path, { list_id => 999_999 }), 404, 'not-found', 'list_id', 'into none';
    refused $kim->patch('/api/friends/' . $alex->id, { list_id => $family }), 404, 'not-found', 'list_id', "into another's";
    refused $alex->patch($path, { list_id => $_ }), 400, 'malformed', 'list_id', 'a bad list' for -1, 'x', undef, 1.5;
    refused $kim->$_("/api/friend-lists/$family", $_ eq 'patch' ? { name => 'x' } : {}), 404, 'not-found', undef, "another's list: $_" for qw(patch delete);
    is $alex->delete("/api/friend-lists/$family")->status, 204, 'removing it';
    is friend_of($alex, $kim)->{list_id}, 0, 'moves its friends to the default one';
    refused $alex->delete("/api/friend-lists/$family"), 404, 'not-found', undef, 'twice';
    refused $alex->delete('/api/friend-lists/0'), 400, 'malformed', 'id', 'the default one';
    is_deeply [grep { $_ ne 'friend-lists' } @{ heard($hers) }], [], 'she hears of none of it but her own';
    guarded(@$_) for [GET => '/api/friend-lists'], [POST => '/api/friend-lists', { name => 'x' }], [PATCH => "/api/friend-lists/$work", {}],
        [DELETE => "/api/friend-lists/$work"];
};

subtest 'blocks' => sub {
    my ($ben, $eva) = map { $magpie->user($_) } qw(ben eva);
    my $fay = $magpie->user('fay', friends => [$eva]);
    my $mae = $magpie->user('mae', friends => [$ben, $eva]);
    $ben->befriend($eva);
    $eva->send(to => $ben, msg => 'before');
    $fay->send(to => $eva, msg => 'before');
    my ($bens, $other, $evas) = map { $_->open_queue } $ben, $ben, $eva;

    is $eva->delete('/api/friends/' . $fay->id)->status, 204, 'fay ends as a friend';
    my $ended = event($evas, 'friend') // {};
    is $ben->post('/api/blocks', { user_id => $eva->id })->status, 204, 'ben blocks eva';
    my $blocked = event($evas, 'friend') // {};
    is $blocked->{friend}{id}, $ben->id, 'eva is told';
    delete @$_{qw(n me_rev friend)} for $ended, $blocked;
    is_deeply $blocked, $ended, '... what an end tells';
    is_deeply heard($evas), [], '... and nothing else';
    for ($bens, $other) {
        my ($event) = event($_, 'block');
        is_deeply [$event->{user}, $event->{blocked}], [{ id => $eva->id, username => 'eva', name => 'Eva', avatar => undef }, \1], 'each of his tabs is told of the block';
    }
    is $ben->post('/api/blocks', { user_id => $eva->id })->status, 204, 'again it is the same';
    my $list = $ben->get('/api/blocks')->json;
    like delete $list->{blocks}[0]{timestamp}, qr/^\d{4}-.*Z$/, 'the list says since when';
    is_deeply $list, { blocks => [{ id => $eva->id, username => 'eva', name => 'Eva', avatar => undef }], more => \0 }, 'and whom';
    is_deeply $eva->get('/api/blocks')->json, { blocks => [], more => \0 }, 'to nobody else';

    # All that she can ask: with ben as with fay, or as with nobody.
    my $same = sub {
        my ($what, $one, $two) = @_;
        is_deeply [$one->status, $one->body], [$two->status, $two->body], "$what is the same";
        return;
    };
    $same->('writing', map { $eva->send(to => $_, msg => 'hello?') } $ben, $fay);
    is_deeply [map { scalar @{ $eva->get('/api/history?contact_type=single&contact_id=' . $_->id)->json->{messages} } } $ben, $fay], [1, 1], 'reading is the same';
    $same->('marking', map { $eva->post('/api/read', { contact_type => 'single', contact_id => $_->id, seq => 1 }) } $ben, $fay);
    $same->('ending', map { $eva->delete('/api/friends/' . $_->id) } $ben, $fay);
    $same->('a remark', map { $eva->patch('/api/friends/' . $_->id, { remark => 'x' }) } $ben, $fay);
    my $group = $eva->post('/api/groups', { name => 'Evas' })->json->{group}{id};
    $same->('adding to a group', map { $eva->post("/api/groups/$group/members", { user_id => $_->id }) } $ben, $fay);
    $same->('asking', $eva->post('/api/friend-requests', { username => 'ben' }), $eva->post('/api/friend-requests', { username => 'nobody.here' }));
    is_deeply [map { my $c = contact_of($eva, $_); [sort keys %$c], $c->{ended}, $c->{online} } $ben],
        [map { my $c = contact_of($eva, $_); [sort keys %$c], $c->{ended}, $c->{online} } $fay], 'and how the conversation looks';

    # Neither sees whether the other is there.
    my @polls = map { $_->begin(timeout => 30) } $bens, $evas;
    my ($maes) = $mae->open_queue;
    ok wait_until(sub { @{[grep { contact_of($mae, $_)->{online} } $ben, $eva]} == 2 }, 5), 'both are there, as their friend sees';
    ok !contact_of($_->[0], $_->[1])->{online}, 'and neither sees the other' for [$ben, $eva], [$eva, $ben];
    $_->close for @polls;

    refused $ben->send(to => $eva, msg => 'hello?'), 403, 'not-friends', 'to', 'he may not write either';
    refused $ben->post('/api/friend-requests', { username => 'eva' }), 409, 'blocked', 'username', 'nor ask';
    is $ben->get('/api/history?contact_type=single&contact_id=' . $eva->id)->json->{messages}[0]{msg}, 'before', 'he keeps what was';
    refused $ben->post('/api/blocks', { user_id => $ben->id }), 422, 'self', 'user_id', 'oneself';
    refused $ben->post('/api/blocks', { user_id => 999_999_999 }), 404, 'not-found', 'user_id', 'nobody';
    refused $ben->post('/api/blocks', { user_id => $_ }), 400, 'malformed', 'user_id', 'a bad id' for 0, 'x', undef;
    refused $eva->delete('/api/blocks/' . $ben->id), 404, 'not-found', undef, 'she blocks nobody';
    is $ben->delete('/api/blocks/' . $eva->id)->status, 204, 'he takes it back';
    refused $ben->delete('/api/blocks/' . $eva->id), 404, 'not-found', undef, 'once';
    is friend_of($ben, $eva), undef, 'which brings no friendship';
    is $eva->post('/api/friend-requests', { username => 'ben' })->status, 201, 'but she may ask again';
    is $ben->post('/api/blocks', { user_id => $eva->id })->status, 204, 'and be blocked again';
    is_deeply $eva->get('/api/friend-requests')->json->{outgoing}, [], 'which ends what she asked';

    # The same time: the middle of forty, one in turn with the other.
    my %seconds;
    for (1 .. 40) {
        push @{ $seconds{$_} }, $eva->post('/api/friend-requests', { username => $_ })->seconds for 'ben', 'nobody.here';
        push @{ $seconds{ $_->id } }, $eva->send(to => $_, msg => 'x')->seconds for $ben, $fay;
    }
    my %middle = map { $_ => (sort { $a <=> $b } @{ $seconds{$_} })[20] } keys %seconds;
    cmp_ok abs($middle{ $_->[0] } - $middle{ $_->[1] }), '<', 0.003, sprintf 'takes as long (%.1f and %.1f ms)', map { 1000 * $middle{$_} } @$_
        for ['ben', 'nobody.here'], [$ben->id, $fay->id];
    guarded(@$_) for [POST => '/api/blocks', { user_id => $eva->id }], [GET => '/api/blocks'], [DELETE => '/api/blocks/' . $eva->id];
};

subtest 'a block and messages at once' => sub {
    my ($tom, $ulf) = map { $magpie->user($_) } qw(tom ulf);
    for my $round (1 .. 3) {
        $tom->befriend($ulf);
        my @sends = map { [POST => '/api/send', { contact_type => 'single', to => $tom->id, msg => "$round.$_", client_id => Magpie->uuid }, $ulf] } 1 .. 20;
        my @answers = $magpie->parallel(@sends[0 .. 9], [POST => '/api/blocks', { user_id => $ulf->id }, $tom], @sends[10 .. 19]);
        my ($block) = splice @answers, 10, 1;
        is $block->status, 204, "round $round: blocked";
        my %count;
        $count{ $_->status }++ for @answers;
        is $magpie->psql("select count(*) from magpie.message where msg like '$round.%' and from_id = " . $ulf->id), $count{201} // 0, 'what is committed was told so';
        is_deeply [grep { !/^(?:201|403|503)$/ } keys %count], [], 'all else was refused';
        refused $ulf->send(to => $tom, msg => 'late'), 403, 'not-friends', 'to', 'and what comes after it';
        $tom->delete('/api/blocks/' . $ulf->id);
    }
};

subtest 'finding' => sub {
    my ($ola, $oda, $odo) = map { $magpie->user($_) } qw(ola oda odo);
    my $ove = $magpie->user('ove', friends => [$ola]);
    my ($one, $two, $hers) = map { $_->open_queue } $ola, $ola, $oda;
    my $find = sub { my ($user, $query) = @_; return $user->get("/api/users?$query") };
    my $names = sub { my ($user, $query) = @_; return join ',', map { $_->{username} } @{ $find->($user, $query)->json->{users} } };
    is_deeply $find->($ola, 'username=oda')->json,
        { more => \0, users => [{ id => $oda->id, username => 'oda', name => 'Oda', status => '', avatar => undef, friend => \0 }] }, 'by the whole name';
    is_deeply $find->($ola, 'username=ove')->json->{users}[0],
        { id => $ove->id, username => 'ove', name => 'Ove', status => '', avatar => undef, friend => \1, remark => '' }, 'a friend';
    is $names->($ola, 'prefix=od'), 'oda,odo', 'by its beginning';
    is $names->($ola, 'prefix=OD'), 'oda,odo', 'whatever the case';
    my $page = $find->($ola, 'prefix=od&limit=1')->json;
    is_deeply [$page->{more}, map { $_->{username} } @{ $page->{users} }], [\1, 'oda'], 'a page';
    $page = $find->($ola, 'prefix=od&limit=1&after=oda')->json;
    is_deeply [$page->{more}, map { $_->{username} } @{ $page->{users} }], [\0, 'odo'], 'the next';
    $ola->patch('/api/friends/' . $ove->id, { remark => "\x{5F20}\x{4F1F}" });
    is $names->($ola, 'prefix=%E5%BC%A0%E4%BC%9F'), 'ove', 'a friend by the remark';
    is $names->($oda, 'prefix=%E5%BC%A0%E4%BC%9F'), '', 'for oneself alone';

    my @shown = (presence => 'online', last_seen => 'friends');
    is_deeply $oda->get('/api/settings')->json, { settings => { find_me => 'everybody', ask_me => 'everybody', @shown } }, 'everybody may find and ask, at first';
    is $oda->patch('/api/settings', { find_me => 'exact' })->json->{settings}{find_me}, 'exact', 'who knows the whole name may find';
    is event($hers, 'settings')->{settings}{find_me}, 'exact', '... as her tab knows';
    is_deeply [map { $names->($ola, $_) } qw(username=oda prefix=oda prefix=od)], ['oda', 'oda', 'odo'], '... and does, but nobody by its beginning';
    is_deeply $find->($ola, 'id=' . $oda->id)->json, { more => \0, users => [] }, '... nor by the id alone';
    is $odo->post('/api/friend-requests', { username => 'oda' })->status, 201, '... who may ask as well';
    is_deeply $find->($odo, 'id=' . $oda->id)->json->{users}, [{ id => $oda->id, username => 'oda', name => 'Oda', status => '', avatar => undef, friend => \0 }],
        '... and knows her by the id';
    is $find->($ola, 'id=' . $oda->id)->body, $find->($ola, 'id=999999999')->body, '... nobody else does, as though there were none';
    is_deeply $oda->patch('/api/settings', { find_me => 'nobody' })->json, { settings => { find_me => 'nobody', ask_me => 'everybody', @shown } }, 'nobody may find';
    is_deeply event($hers, 'settings')->{settings}, { find_me => 'nobody', ask_me => 'everybody', @shown }, 'her tab knows';
    $odo->post('/api/blocks', { user_id => $ola->id });
    my @nobody = map { $find->($ola, "username=$_") } 'nobody.here', 'oda', 'odo';
    is_deeply [map { [$_->status, $_->body] } @nobody[1, 2]], [([$nobody[0]->status, $nobody[0]->body]) x 2], 'unknown, not to be found, and blocked: one answer';
    is_deeply [map { $find->($ola, "prefix=$_")->body } qw(od zz)], [($nobody[0]->body) x 2], 'by its beginning, too';
    @nobody = map { $ola->post('/api/friend-requests', { username => $_ }) } 'nobody.here', 'oda', 'odo';
    refused $nobody[0], 404, 'not-found', 'username', 'asking';
    is_deeply [map { [$_->status, $_->body] } @nobody[1, 2]], [([$nobody[0]->status, $nobody[0]->body]) x 2], '... is one answer as well';
    my %seconds;
    for (1 .. 40) {
        push @{ $seconds{$_} }, $find->($ola, "username=$_")->seconds for 'nobody.here', 'oda', 'odo';
    }
    my %middle = map { $_ => (sort { $a <=> $b } @{ $seconds{$_} })[20] } keys %seconds;
    cmp_ok abs($middle{$_} - $middle{'nobody.here'}), '<', 0.003, sprintf 'after the same time (%.1f and %.1f ms)', map { 1000 * $_ } @middle{$_, 'nobody.here'} for qw(oda odo);

    $oda->patch('/api/settings', { find_me => 'everybody', ask_me => 'nobody' });
    is $names->($ola, 'username=oda'), 'oda', 'who may not be asked is found';
    refused $ola->post('/api/friend-requests', { username => 'oda' }), 404, 'not-found', 'username', 'but not asked';
    is $oda->post('/api/friend-requests', { username => 'ola' })->status, 201, 'and may ask';
    is $ola->post('/api/friend-requests', { username => 'oda' })->json->{accepted}, 1, 'and be accepted so';

    refused $find->($ola, $_->[0]), 400, 'malformed', $_->[1], "?$_->[0]" for ['', 'username'], ['prefix=o', 'prefix'], ['prefix=', 'prefix'],
        ['prefix=' . 'x' x 33, 'prefix'], ['username=Ola', 'username'], ['username=o', 'username'], ['username=ola&prefix=ol', 'prefix'],
        ['prefix=ol&id=1', 'id'], ['username=ola&id=1', 'id'], (map { ["id=$_", 'id'] } qw(0 x 9007199254740992)),
        ['prefix=ol&limit=0', 'limit'], ['prefix=ol&limit=51', 'limit'], ['prefix=ol&after=7+', 'after'], ['prefix=ol&x=1', 'x'];
    refused $ola->patch('/api/settings', { $_ => 'away' }), 400, 'malformed', $_, "$_ of another word" for qw(find_me ask_me presence last_seen);
    guarded(@$_) for [GET => '/api/users?username=ola'], [GET => '/api/settings'], [PATCH => '/api/settings', {}];
};

subtest 'what others see of me' => sub {
    my $pia = $magpie->user('pia');
    my $pau = $magpie->user('pau', friends => [$pia]);
    my ($one, $two, $his, $strangers) = map { $_->open_queue } $pia, $pia, $pau, $eve;
    my $mine = { id => $pia->id, username => 'pia', name => 'Pia', status => '', avatar => undef };
    is_deeply $pia->get('/api/me')->json, { user => $mine }, 'at first';
    $mine = { %$mine, name => "P\x{ed}a", status => "Out \x{1F426}" };
    is_deeply $pia->patch('/api/me', { name => "P\x{ed}a", status => "Out \x{1F426}" })->json, { user => $mine }, 'changed';
    is_deeply event($_, 'me')->{me}, $mine, 'each of my tabs knows' for $one, $two;
    my $event = event($his, 'friend');
    is_deeply $event->{friend}, { %$mine, remark => '', list_id => 0 }, 'and so does a friend';
    ok !$event->{ended}, 'who is one still';
    is friend_of($pau, $pia)->{status}, "Out \x{1F426}", 'it is in his list';
    is contact_of($pau, $pia)->{name}, "P\x{ed}a", 'and among his contacts';
    is_deeply heard($strangers), [], 'a stranger hears nothing';
    is_deeply $pia->patch('/api/me', { status => '' })->json->{user}, { %$mine, status => '' }, 'a status is taken away';
    is $pia->patch('/api/me', {})->status, 200, 'nothing changes nothing';
    is $pia->patch('/api/me', { status => "\x{1F426}" x 80 })->status, 200, '80 characters of four bytes are good';
    refused $pia->patch('/api/me', { name => $_ }), 400, 'malformed', 'name', 'a bad name' for '', ' x', 'x' x 33, 7, undef;
    refused $pia->patch('/api/me', { status => $_ }), 400, 'malformed', 'status', 'a bad status' for ' x', 'x' x 81, "a\nb", 7, undef;
    refused $pia->patch('/api/me', { username => 'pig' }), 400, 'malformed', 'username', 'a user name stays';
    guarded(PATCH => '/api/me', {});
};

done_testing;
