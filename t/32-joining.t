#!/usr/bin/perl
# Coming into groups and being kept out: public groups, requests, invitations, links, bans; who may, what
# each hears of it, and that what isn't one's own is as what doesn't exist.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Digest::SHA qw(sha256_hex);
use Test::More;
use Magpie;
use Refused;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $magpie = Magpie->start(workers => 2);
$magpie->allow_errors(qr/canceling statement due to lock timeout/);     # of fifty at once, on a slow machine: 503
my $alex   = $magpie->user('alex');
my ($kim, $sam, $lee) = map { $magpie->user($_, friends => [$alex]) } qw(kim sam lee);
my ($eve, $bob) = map { $magpie->user($_) } qw(eve bob);

my $unused = 'a';
sub found_group {
    my ($owner, %settings) = @_;
    my $name  = delete $settings{name} // 'group ' . $unused++;
    my $group = $owner->post('/api/groups', { name => $name })->json->{group}{id};
    $magpie->psql("update magpie.chat_group set " . join(', ', map { "$_ = '$settings{$_}'" } sort keys %settings) . " where id = $group") if %settings;
    return $group;
}
sub card    { my ($user) = @_; return { id => $user->id, username => $user->username, name => ucfirst $user->username, avatar => undef } }
sub add     { my ($by, $group, $whom) = @_; return $by->post("/api/groups/$group/members", { user_id => $whom->id }) }
sub invite  { my ($by, $group, $whom) = @_; return $by->post("/api/groups/$group/invitations", { user_id => ref $whom ? $whom->id : $whom }) }
sub answer  { my ($user, $id, $how) = @_; return $user->post("/api/group-invitations/$id/$how") }
sub ask     { my ($user, $group, %more) = @_; return $user->post("/api/groups/$group/join", {%more}) }
sub ban     { my ($by, $group, $whom) = @_; return $by->post("/api/groups/$group/bans", { user_id => ref $whom ? $whom->id : $whom }) }
sub link_of { my ($by, $group, %more) = @_; return $by->post("/api/groups/$group/links", { expires_in => 3600, max_uses => 5, %more }) }
sub follow  { my ($user, $token, $how) = @_; return $user->post('/api/group-links/' . ($how // 'join'), { token => $token }) }
sub found   { my ($user, $query) = @_; return $user->get("/api/public-groups?$query") }
sub is_in   { my ($user, $group) = @_; return scalar grep { $_->{id} == $group } @{ $user->get('/api/groups')->json->{groups} } }
sub notices { my ($user, $group) = @_; return map { $_->{notice}{what} // () } @{ $user->get("/api/history?contact_type=group&contact_id=$group")->json->{messages} } }

# The events of a tab until one of this type has come: that one.
sub event {
    my ($tab, $type, $wanted) = @_;
    my $found;
    wait_until { ($found) = grep { $_->{type} eq $type && (!$wanted || $wanted->($_)) } $tab->events(timeout => 1) } 5;
    return $found // {};
}

# Both are refused with 404, byte for byte the same.
sub as_nothing {
    my ($what, $one, $other) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    refused $one, 404, 'not-found', ANY, $what;
    return is_deeply [$one->status, $one->body], [$other->status, $other->body], '... as what does not exist';
}

subtest 'finding' => sub {
    my $group = found_group($alex, name => 'Vögel am See', visibility => 'public', joining => 'open');
    my $other = found_group($alex, name => 'Vögel im Wald', visibility => 'public');
    my $closed = found_group($alex, name => 'Vögel zu Haus');
    my $answer = found($eve, 'q=V%C3%96GEL');
    is $answer->status, 200, 'found, whatever its case';
    is_deeply $answer->json, { groups => [
        { id => $group, name => 'Vögel am See', description => '', max_members => 200, member_count => 1, visibility => 'public',
            joining => 'open', avatar => undef, role => undef, standing => 'stranger' },
        { id => $other, name => 'Vögel im Wald', description => '', max_members => 200, member_count => 1, visibility => 'public',
            joining => 'request', avatar => undef, role => undef, standing => 'stranger' }], next => undef }, 'the public ones, as cards';
    is_deeply [map { $_->{id} } @{ found($eve, 'q=am+see')->json->{groups} }], [$group], 'by a part of the name';
    is_deeply $eve->get("/api/groups/$group")->json, { group => $answer->json->{groups}[0] }, 'each shows its card, too';
    is_deeply found($eve, 'q=nirgends')->json, { groups => [], next => undef }, 'or nothing';
    is found($alex, 'q=am+see')->json->{groups}[0]{role}, 'owner', 'one that is mine says so';
    my $page = found($eve, 'q=v%C3%B6gel&limit=1')->json;
    is_deeply [(map { $_->{id} } @{ $page->{groups} }), $page->{next}], [$group, $group], 'a page, and where the next begins';
    $page = found($eve, "q=v%C3%B6gel&limit=1&after=$page->{next}")->json;
    is_deeply [(map { $_->{id} } @{ $page->{groups} }), $page->{next}], [$other, undef], 'which is the last';
    for (['q', ''], ['q', 'q=x'], ['q', 'q=' . 'x' x 65], ['q', 'q=ab&q=ab'], ['q', 'q=%FF%FF'], ['limit', 'q=ab&limit=0'], ['limit', 'q=ab&limit=51'],
        ['after', 'q=ab&after=-1'], ['name', 'q=ab&name=x']) {
        refused found($eve, $_->[1]), 400, 'malformed', $_->[0], "the query $_->[1]";
    }
    refused $magpie->request(GET => '/api/public-groups?q=ab'), 401, 'no-session', undef, 'without a session';
};

subtest 'joining at once' => sub {
    my $group = found_group($alex, visibility => 'public', joining => 'open');
    my ($his, $hers) = map { $_->open_queue } $alex, $eve;
    my $answer = ask($eve, $group);
    is $answer->status, 201, 'a stranger joins';
    is_deeply $answer->json, { joined => \1 }, 'at once';
    my $event = event($hers, 'group');
    is_deeply [$event->{group}{id}, $event->{group}{role}, $event->{ended}], [$group, 'member', \0], 'her tabs are told';
    is event($his, 'message')->{message}{notice}{what}, 'member-joined', 'and the others';
    is_deeply [notices($eve, $group)], ['member-joined'], 'which is the first that she sees';
    is $eve->send(group => $group, msg => 'hello')->status, 201, 'she may write';
    refused ask($eve, $group), 409, 'already-member', ANY, 'again';
    my $closed = found_group($alex);
    as_nothing('a private group', ask($eve, $closed), ask($eve, 999_999_999));
    as_nothing('taking back', $eve->delete("/api/groups/$closed/join"), $eve->delete('/api/groups/999999999/join'));
    $magpie->psql("update magpie.chat_group set max_members = 2 where id = $group");
    refused ask($bob, $group), 409, 'group-full', undef, 'a full one';
    refused $bob->post("/api/groups/$group/join", { note => $_ }), 400, 'malformed', 'note', 'a bad note' for 7, 'x' x 201, undef, "a\x{0000}";
    refused $bob->post("/api/groups/$group/join", { user_id => 1 }), 400, 'malformed', 'user_id', 'for another';
    refused $bob->post('/api/groups/x/join'), 400, 'malformed', 'id', 'the group x';
    refused $bob->post("/api/groups/$group/join", {}, csrf => 'x'), 403, 'csrf', undef, 'without the token';
    ok !is_in($bob, $group), 'he is out';
};

subtest 'asking' => sub {
    my $group = found_group($alex, visibility => 'public');
    add($alex, $group, $kim);
    my ($his, $hers) = map { $_->open_queue } $alex, $eve;
    my $answer = ask($eve, $group, note => 'Ich bin es');
    is_deeply [$answer->status, $answer->json], [201, { joined => \0 }], 'a stranger asks';
    my $event = event($his, 'group-join-request');
    is_deeply [@$event{qw(group_id user note state)}], [$group, card($eve), 'Ich bin es', 'open'], 'the owner is told';
    ok $event->{me_rev}, 'with a number';
    refused ask($eve, $group), 409, 'already-asked', undef, 'again';
    my $list = $alex->get("/api/groups/$group/join-requests")->json;
    is_deeply [map { [@$_{qw(user note)}] } @{ $list->{requests} }], [[card($eve), 'Ich bin es']], 'it is in the list';
    like $list->{requests}[0]{created_at}, qr/^\d{4}-.*Z$/, 'with its time';
    is $list->{next}, undef, 'of one page';
    refused $kim->get("/api/groups/$group/join-requests"), 403, 'not-allowed', undef, 'which a member does not see';
    refused $alex->get("/api/groups/$group/join-requests?limit=101"), 400, 'malformed', 'limit', 'nor anybody 101 of it';
    my @paths = map { my $what = $_; map { "/api/groups/$_/join-requests" . $what } $group, 999_999_999 } '', '/' . $eve->id . '/accept', '/' . $eve->id . '/reject';
    as_nothing('a stranger sees them', map { $bob->get($_) } @paths[0, 1]);
    as_nothing('a stranger accepts', map { $bob->post($_) } @paths[2, 3]);
    as_nothing('the asker accepts', map { $eve->post($_) } @paths[2, 3]);
    as_nothing('a stranger rejects', map { $bob->post($_) } @paths[4, 5]);
    refused $kim->post($paths[2]), 403, 'not-allowed', undef, 'a member accepts';
    as_nothing('one who has not asked', map { $alex->post("/api/groups/$group/join-requests/$_/accept") } $bob->id, 999_999_999);

    is $alex->post($paths[4])->status, 204, 'the owner rejects';
    is event($hers, 'group-join-request', sub { $_[0]{state} ne 'open' })->{state}, 'rejected', 'she is told';
    is ask($eve, $group)->status, 201, 'she asks again';
    is $eve->delete("/api/groups/$group/join")->status, 204, 'and takes it back';
    refused $eve->delete("/api/groups/$group/join"), 404, 'not-found', ANY, 'once';
    refused $alex->post($paths[2]), 404, 'not-found', ANY, 'so that it cannot be accepted';
    ask($eve, $group);
    is $alex->post($paths[2])->status, 204, 'the owner accepts another';
    is event($hers, 'group')->{group}{id}, $group, 'she is in';
    is event($his, 'group-join-request', sub { $_[0]{state} eq 'accepted' })->{state}, 'accepted', 'other admins, and his other tabs, are told';
    is $alex->post($paths[2])->status, 204, 'twice is the same';
    is_deeply [notices($eve, $group)], ['member-added'], 'by a notice';
};

subtest 'inviting' => sub {
    my $group = found_group($alex);
    add($alex, $group, $lee);
    my ($his, $hers) = map { $_->open_queue } $alex, $kim;
    my $answer = invite($alex, $group, $kim);
    is $answer->status, 201, 'the owner invites a friend';
    my $id = $answer->json->{id};
    my $event = event($hers, 'group-invitation');
    is_deeply [$event->{state}, @{ $event->{invitation} }{qw(id from)}, $event->{invitation}{group}{id}], ['open', $id, card($alex), $group], 'who is told';
    my $mine = $kim->get('/api/group-invitations')->json;
    is_deeply [map { [$_->{id}, $_->{from}, @{ $_->{group} }{qw(id standing role)}] } @{ $mine->{invitations} }],
        [[$id, card($alex), $group, 'invited', undef]], 'it is in her list';
    is_deeply [map { [@$_{qw(id user from)}] } @{ $alex->get("/api/groups/$group/invitations")->json->{invitations} }], [[$id, card($kim), card($alex)]], 'and in the group\'s';
    is_deeply $sam->get('/api/group-invitations')->json, { invitations => [], next => undef }, 'nobody else has it';
    refused invite($alex, $group, $kim), 409, 'already-invited', 'user_id', 'again';
    refused invite($alex, $group, $lee), 409, 'already-member', 'user_id', 'a member';
    refused invite($alex, $group, $eve), 403, 'not-friends', 'user_id', 'a stranger';
    is invite($alex, $group, $eve)->body, invite($alex, $group, 999_999_999)->body, 'is as nobody';
    refused invite($lee, $group, $alex), 403, 'not-allowed', undef, 'by a member';
    refused $lee->get("/api/groups/$group/invitations"), 403, 'not-allowed', undef, 'who does not see them';
    as_nothing('by a stranger', invite($sam, $group, $alex), invite($sam, 999_999_999, $alex));
    as_nothing('a stranger sees them', map { $sam->get("/api/groups/$_/invitations") } $group, 999_999_999);
    as_nothing("another $_->[1]", answer($_->[0], $id, $_->[1]), answer($_->[0], 999_999_999, $_->[1]))
        for map { my $how = $_; map { [$_, $how] } $sam, $lee, $alex } qw(accept reject);
    as_nothing('a stranger withdraws', map { $sam->delete("/api/groups/$_/invitations/" . $kim->id) } $group, 999_999_999);
    as_nothing('a member withdraws', map { $lee->delete("/api/groups/$group/invitations/$_") } $kim->id, 999_999_999);
    refused invite($alex, $group, $_), 400, 'malformed', 'user_id', 'a bad id' for 0, '7', undef;

    is $alex->delete("/api/groups/$group/invitations/" . $kim->id)->status, 204, 'withdrawn';
    is event($hers, 'group-invitation', sub { $_[0]{state} ne 'open' })->{state}, 'withdrawn', 'she is told';
    refused answer($kim, $id, 'accept'), 404, 'not-found', ANY, 'and cannot accept it';
    $id = invite($alex, $group, $kim)->json->{id};
    is answer($kim, $id, 'reject')->status, 204, 'another one she rejects';
    is event($his, 'group-invitation', sub { $_[0]{state} eq 'rejected' })->{invitation}{user}{id}, $kim->id, 'he is told';
    $id = invite($alex, $group, $kim)->json->{id};
    is answer($kim, $id, 'accept')->status, 204, 'and the third she accepts';
    is answer($kim, $id, 'accept')->status, 204, 'twice is the same';
    is event($his, 'group-invitation', sub { $_[0]{state} eq 'accepted' })->{invitation}{user}{id}, $kim->id, 'he is told';
    ok is_in($kim, $group), 'she is in';
    is_deeply [notices($kim, $group)], ['member-joined'], 'by a notice';
    is_deeply $kim->get('/api/group-invitations')->json->{invitations}, [], 'her list is empty';

    my $look = found_group($alex);
    as_nothing('a private group', map { $kim->get("/api/groups/$_") } $look, 999_999_999);
    invite($alex, $look, $kim);
    is_deeply [@{ $kim->get("/api/groups/$look")->json->{group} }{qw(id standing role members)}], [$look, 'invited', undef, undef], 'whose card the invited sees';
    $alex->delete("/api/groups/$look/invitations/" . $kim->id);
    as_nothing('no longer then', map { $kim->get("/api/groups/$_") } $look, 999_999_999);

    my $block = found_group($alex);
    my $theirs = invite($alex, $block, $sam)->json->{id};
    is $sam->post('/api/blocks', { user_id => $alex->id })->status, 204, 'who blocks the inviter';
    refused answer($sam, $theirs, 'accept'), 404, 'not-found', ANY, 'has no invitation any more';
    is invite($alex, $block, $sam)->body, invite($alex, $block, $eve)->body, 'and is as a stranger';
    $sam->delete('/api/blocks/' . $alex->id);
};

subtest 'links' => sub {
    my $group  = found_group($alex);
    add($alex, $group, $lee);
    my $answer = link_of($alex, $group, max_uses => 2);
    is $answer->status, 201, 'a link is made';
    my %link  = %{ $answer->json->{link} };
    my $token = delete $link{token};
    like $token, qr/^[0-9a-f]{32}$/, 'its token is given';
    is_deeply [@link{qw(max_uses uses by)}], [2, 0, { id => $alex->id, name => 'Alex' }], 'once';
    is_deeply $alex->get("/api/groups/$group/links")->json, { links => [\%link] }, 'and not in the list';
    is $magpie->psql("select encode(token_hash, 'hex') from magpie.group_link"), sha256_hex($token), 'nor is it stored';
    my $look = follow($eve, $token, 'look');
    is_deeply [$look->status, @{ $look->json->{group} }{qw(id standing role)}], [200, $group, 'stranger', undef], 'whoever has it may look';
    my $tab  = $eve->open_queue;
    my $done = follow($eve, $token);
    is_deeply [$done->status, @{ $done->json->{group} }{qw(id role)}], [200, $group, 'member'], 'and joins';
    is event($tab, 'group')->{group}{id}, $group, 'as her tabs are told';
    refused follow($eve, $token), 409, 'already-member', ANY, 'once';
    is follow($bob, $token)->status, 200, 'the last use';
    for my $how (qw(look join)) {
        as_nothing("$how: used up", map { follow($sam, $_, $how) } $token, 'f' x 32);
        my $old = link_of($alex, $group)->json->{link};
        $magpie->psql("update magpie.group_link set expires_at = now() where id = $old->{id}");
        as_nothing("$how: expired", map { follow($sam, $_, $how) } $old->{token}, 'f' x 32);
        my $gone = link_of($alex, $group)->json->{link};
        is $alex->delete("/api/groups/$group/links/$gone->{id}")->status, 204, 'revoked';
        as_nothing("$how: revoked", map { follow($sam, $_, $how) } $gone->{token}, 'f' x 32);
        as_nothing("$how: no token", map { follow($sam, $_, $how) } 'x', 'f' x 32);
        refused follow($sam, $_, $how), 400, 'malformed', 'token', 'a bad token' for '', 'x' x 65, 7, undef;
    }
    my $mine = link_of($alex, $group)->json->{link};
    as_nothing('a stranger makes one', link_of($sam, $group), link_of($sam, 999_999_999));
    as_nothing('a stranger sees them', map { $sam->get("/api/groups/$_/links") } $group, 999_999_999);
    as_nothing('a stranger revokes', map { $sam->delete("/api/groups/$_/links/$mine->{id}") } $group, 999_999_999);
    as_nothing('a member revokes', map { $lee->delete("/api/groups/$group/links/$_") } $mine->{id}, 999_999_999);
    refused link_of($lee, $group), 403, 'not-allowed', undef, 'a member makes one';
    refused link_of($alex, $group, expires_in => $_), 400, 'malformed', 'expires_in', 'a bad time' for 299, 2_592_001, '300', undef;
    refused link_of($alex, $group, max_uses => $_), 400, 'malformed', 'max_uses', 'a bad number' for 0, 501, '5', undef;
    refused $alex->post("/api/groups/$group/links", { max_uses => 5 }), 400, 'malformed', 'expires_in', 'without a time';
    $magpie->psql("update magpie.chat_group set who_invites = 'members' where id = $group");
    is link_of($lee, $group)->status, 201, 'where members may, a member makes one';
    is scalar(@{ $lee->get("/api/groups/$group/links")->json->{links} }), 1, 'and sees that alone';
    is scalar(@{ $alex->get("/api/groups/$group/links")->json->{links} }), 2, 'an admin sees all';
};

subtest 'bans' => sub {
    my $group = found_group($alex, name => 'Bann', visibility => 'public', joining => 'open');
    add($alex, $group, $_) for $kim, $lee;
    my $token = link_of($alex, $group)->json->{link}{token};
    my $tab = $kim->open_queue;
    refused ban($lee, $group, $kim), 403, 'not-allowed', undef, 'a member bans';
    as_nothing('a stranger bans', ban($bob, 999_999_999, $kim), ban($bob, 888_888_888, $kim));
    refused ban($alex, $group, $alex), 422, 'self', 'user_id', 'oneself';
    refused ban($alex, $group, 999_999_999), 404, 'not-found', 'user_id', 'nobody';
    is ban($alex, $group, $kim)->status, 204, 'the owner bans a member';
    ok event($tab, 'group', sub { $_[0]{group}{id} == $group })->{ended}, 'who is out';
    is_deeply [notices($kim, $group)], [qw(member-added member-added member-banned)], 'and sees so, last of all';
    is ban($alex, $group, $kim)->status, 204, 'twice is the same';
    my $bans = $alex->get("/api/groups/$group/bans")->json;
    is_deeply [map { [@$_{qw(id username name by)}] } @{ $bans->{bans} }], [[$kim->id, 'kim', 'Kim', { id => $alex->id, name => 'Alex' }]], 'it is in the list';
    refused $lee->get("/api/groups/$group/bans"), 403, 'not-allowed', undef, 'which a member does not see';
    as_nothing('nor a stranger', map { $kim->get("/api/groups/$_/bans") } $group, 999_999_999);
    as_nothing('she looks', map { $kim->get("/api/groups/$_") } $group, 999_999_999);
    as_nothing('she joins', ask($kim, $group), ask($kim, 999_999_999));
    as_nothing("she $_->[0]s by a link", map { follow($kim, $_) } $token, 'f' x 32) for ['look'], ['join'];
    is_deeply found($kim, 'q=bann')->json->{groups}, [], 'she finds it no more';
    refused add($alex, $group, $kim), 409, 'banned', 'user_id', 'adding her';
    refused invite($alex, $group, $kim), 409, 'banned', 'user_id', 'inviting her';
    refused $kim->send(group => $group, msg => 'x'), 403, 'not-a-member', 'to', 'writing';
    as_nothing('she ends it', map { $kim->delete("/api/groups/$_/bans/" . $kim->id) } $group, 999_999_999);
    refused $lee->delete("/api/groups/$group/bans/" . $kim->id), 403, 'not-allowed', undef, 'a member ends it';
    refused $alex->delete("/api/groups/$group/bans/" . $lee->id), 404, 'not-found', ANY, 'who is not banned';
    is $alex->delete("/api/groups/$group/bans/" . $kim->id)->status, 204, 'the owner ends it';
    ok !is_in($kim, $group), 'she is not in by that';
    is ask($kim, $group)->status, 201, 'but may come back';
};

subtest 'the last place, and the last use' => sub {
    my @crowd = map { $magpie->user("crowd$_") } 1 .. 50;
    # All of them at once; who is told that the server is busy, comes again.
    my $at_once = sub {
        my ($method, $path, $body) = @_;
        my (@status, @again);
        for (my @waiting = @crowd; @waiting; @waiting = @again) {
            my @got = map { $_->status } $magpie->parallel(map { [$method, $path, $body, $_] } @waiting);
            @again = map { $waiting[$_] } grep { $got[$_] == 503 } 0 .. $#got;
            push @status, grep { $_ != 503 } @got;
        }
        return @status;
    };
    my $open  = found_group($alex, visibility => 'public', joining => 'open', max_members => 2);
    my @status = $at_once->(POST => "/api/groups/$open/join", {});
    is_deeply [map { my $s = $_; scalar grep { $_ == $s } @status } 201, 409], [1, 49], 'of 50 who join at once one comes in';
    is scalar(grep { is_in($_, $open) } @crowd), 1, 'as their lists say';
    my $by_link = found_group($alex, max_members => 2);
    my $token = link_of($alex, $by_link, max_uses => 500)->json->{link}{token};
    @status = $at_once->(POST => '/api/group-links/join', { token => $token });
    is_deeply [map { my $s = $_; scalar grep { $_ == $s } @status } 200, 409], [1, 49], 'by a link as well';
    is $alex->get("/api/groups/$by_link/links")->json->{links}[0]{uses}, 1, 'which was used once';
    my $few = found_group($alex);
    $token = link_of($alex, $few, max_uses => 3)->json->{link}{token};
    @status = $at_once->(POST => '/api/group-links/join', { token => $token });
    is_deeply [map { my $s = $_; scalar grep { $_ == $s } @status } 200, 404], [3, 47], 'a link for three lets three in';
};

subtest 'limits' => sub {
    my $strict = Magpie->start(workers => 1, limits => 1, set => 'limits.asks_a_day=2 limits.find_burst=3 limits.find_rate=1');
    my $owner  = $strict->user('owner');
    my @groups = map { $owner->post('/api/groups', { name => "group $_" })->json->{group}{id} } 1 .. 3;
    my $friend = $strict->user('friend');
    $friend->post('/api/friend-requests', { username => 'owner' });
    $owner->post('/api/friend-requests/' . $owner->get('/api/friend-requests')->json->{incoming}[0]{id} . '/accept');
    is invite($owner, $_, $friend)->status, 201, 'an invitation' for @groups[0, 1];
    refused invite($owner, $groups[2], $friend), 429, 'too-many-requests', undef, 'a third of that day';
    $strict->psql("update magpie.chat_group set visibility = 'public'");
    my $asker = $strict->user('asker');
    is ask($asker, $_)->status, 201, 'a request' for @groups[0, 1];
    refused ask($asker, $groups[2]), 429, 'too-many-requests', undef, 'a third of that day';
    is found($asker, 'q=group')->status, 200, 'a search' for 1 .. 3;
    refused found($asker, 'q=group'), 429, 'too-many-requests', undef, 'a fourth at once';
};

done_testing;
