#!/usr/bin/perl
# Groups: founding, looking, adding, leaving, removing; who may, and what each sees of it.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use Refused;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my ($kim, $sam) = map { $magpie->user($_, friends => [$alex]) } qw(kim sam);
my $eve    = $magpie->user('eve');

my $unused = 'a';
sub found_group { my ($owner, %more) = @_; return $owner->post('/api/groups', { name => 'group ' . $unused++, %more }) }
sub add         { my ($by, $group, $whom) = @_; return $by->post("/api/groups/$group/members", { user_id => ref $whom ? $whom->id : $whom }) }
sub remove      { my ($by, $group, $whom) = @_; return $by->delete("/api/groups/$group/members/" . (ref $whom ? $whom->id : $whom)) }
sub group_of    { my ($user, $group) = @_; return $user->get("/api/groups/$group")->json->{group} }
sub contact_of  { my ($user, $group) = @_; return grep { $_->{contact_type} eq 'group' && $_->{contact_id} == $group } @{ $user->post('/api/changes', {})->json->{contacts} } }
sub history_of  { my ($user, $group) = @_; return $user->get("/api/history?contact_type=group&contact_id=$group") }
sub member      { my ($user, $role) = @_; return { id => $user->id, username => $user->username, name => ucfirst $user->username,
    avatar => undef, role => $role, nickname => '', muted_until => undef } }

# The events of a tab until one of this type has come: that one.
sub event {
    my ($tab, $type, $wanted) = @_;
    my $found;
    wait_until { ($found) = grep { $_->{type} eq $type && (!$wanted || $wanted->($_)) } $tab->events(timeout => 1) } 5;
    return $found;
}

subtest 'founding' => sub {
    my $tab    = $alex->open_queue;
    my $answer = $alex->post('/api/groups', { name => 'Vögel', description => 'über Vögel', max_members => 3 });
    is $answer->status, 201, 'founded';
    my $group = $answer->json->{group};
    my %group = (id => $group->{id}, name => 'Vögel', description => 'über Vögel', max_members => 3, role => 'owner', nickname => '', member_count => 1,
        visibility => 'private', joining => 'request', who_invites => 'admins', history => 'joined', slow_mode => 0, muted => \0, muted_until => undef,
        avatar => undef, announcement => undef);
    is_deeply $answer->json, { group => \%group }, 'it is what was asked for';
    is_deeply group_of($alex, $group->{id}), { %group, members => [member($alex, 'owner')] }, 'with its founder in it';
    is_deeply $alex->get('/api/groups')->json, { groups => [\%group], more => \0 }, 'and in the list';
    is_deeply $eve->get('/api/groups')->json, { groups => [], more => \0 }, 'of nobody else';
    my $event = event($tab, 'group');
    is_deeply $event->{group}, \%group, 'an event says so';
    my ($notice) = @{ history_of($alex, $group->{id})->json->{messages} };
    is_deeply [@$notice{qw(seq kind msg from)}], [1, 'notice', '', $alex->id], 'the conversation begins with a notice';
    is $notice->{notice}{what}, 'group-created', 'of what happened';

    my $plain = found_group($kim)->json->{group};
    is_deeply [@$plain{qw(description max_members)}], ['', 200], 'description and max_members may be left out';
};

subtest 'what founding refuses' => sub {
    my @bad = (
        [name => ''], [name => ' '], [name => 'x' x 65], [name => undef], [name => 7], [name => " x"],
        [name => "a\x{202E}b"], [name => "x\n"], [name => "a\x{0000}b"],
        [description => 'x' x 256], [description => undef], [description => 7],
        [max_members => 1], [max_members => 501], [max_members => 0], [max_members => -2], [max_members => '20'],
        [max_members => undef], [max_members => 2.5],
    );
    my $before = @{ $alex->get('/api/groups')->json->{groups} };
    refused found_group($alex, $_->[0] => $_->[1]), 400, 'malformed', $_->[0], "a bad $_->[0]" for @bad;
    refused $alex->post('/api/groups', {}), 400, 'malformed', 'name', 'without a name';
    refused found_group($alex, owner => $kim->id), 400, 'malformed', 'owner', 'a member too many';
    refused $magpie->request(POST => '/api/groups', { name => 'x' }), 401, 'no-session', undef, 'without a session';
    refused $alex->post('/api/groups', { name => 'x' }, csrf => 'x'), 403, 'csrf', undef, 'without the token';

    for (['Vögel', "Vo\x{0308}gel"], ['Vögel', 'VÖGEL'], ['Straße', 'STRASSE'], ['ılı', 'ili']) {
        my ($one, $two) = @$_;
        found_group($alex, name => $one);
        refused found_group($kim, name => $two), 409, 'group-name-taken', 'name', "$two where there is $one";
    }
    is found_group($alex, name => "\x{1F426}" x 64, description => "\x{1F426}" x 255, max_members => 500)->status, 201,
        'the longest, of four bytes each, is good';
    is @{ $alex->get('/api/groups')->json->{groups} }, $before + 3, 'nothing else was founded';
};

subtest 'adding' => sub {
    my $group  = found_group($alex, max_members => 3)->json->{group}{id};
    my $tab    = $kim->open_queue;
    my $answer = add($alex, $group, $kim);
    is $answer->status, 201, 'a friend is added';
    is_deeply $answer->json, { group => { id => $group }, user_id => $kim->id }, 'the answer says whom';
    my $event = event($tab, 'group');
    is_deeply [$event->{group}{id}, $event->{group}{role}], [$group, 'member'], 'she is told';
    ok !$event->{ended}, 'that she is in';
    is_deeply group_of($kim, $group)->{members}, [member($alex, 'owner'), member($kim, 'member')], 'each sees all members';
    my @seen = @{ history_of($kim, $group)->json->{messages} };
    is_deeply [map { $_->{notice}{what} } @seen], ['member-added'], 'she sees what comes from then on';
    is_deeply [$seen[0]{notice}{by}{id}, $seen[0]{notice}{user}{id}], [$alex->id, $kim->id], 'by whom, and who';

    refused add($alex, $group, $kim), 409, 'already-member', 'user_id', 'a member';
    refused add($alex, $group, $alex), 403, 'not-friends', 'user_id', 'oneself';
    refused add($alex, $group, $eve), 403, 'not-friends', 'user_id', 'a stranger';
    refused add($alex, $group, 999_999_999), 403, 'not-friends', 'user_id', 'nobody';
    refused add($kim, $group, $alex), 403, 'not-allowed', undef, 'by a member';
    refused add($eve, $group, $alex), 404, 'not-found', ANY, 'by a stranger';
    refused add($eve, 999_999_999, $alex), 404, 'not-found', ANY, 'to no group';
    is add($eve, $group, $alex)->body, add($eve, 999_999_999, $alex)->body, 'which nobody can tell apart';
    for (0, -1, '7', 1.5, undef, [], 9007199254740992) {
        refused $alex->post("/api/groups/$group/members", { user_id => $_ }), 400, 'malformed', 'user_id', 'a bad id';
    }
    refused $alex->post("/api/groups/$group/members", { user_id => $sam->id, role => 'owner' }), 400, 'malformed', 'role', 'with a role';
    refused $alex->post("/api/groups/x/members", { user_id => $sam->id }), 400, 'malformed', 'id', 'to the group x';

    is add($alex, $group, $sam)->status, 201, 'the last place';
    my $bob = $magpie->user('bob', friends => [$alex]);
    refused add($alex, $group, $bob), 409, 'group-full', undef, 'beyond it';
};

subtest 'leaving and removing' => sub {
    my $group = found_group($alex)->json->{group}{id};
    add($alex, $group, $_) for $kim, $sam;
    $alex->send(group => $group, msg => 'all three');
    refused remove($alex, $group, $alex), 409, 'owner', ANY, 'the owner leaves';
    refused remove($kim, $group, $sam), 403, 'not-allowed', ANY, 'a member removes another';
    refused remove($kim, $group, $alex), 403, 'not-allowed', ANY, 'or the owner';
    refused remove($eve, $group, $kim), 404, 'not-found', ANY, 'a stranger removes';
    refused remove($eve, 999_999_999, $kim), 404, 'not-found', ANY, 'from no group';
    refused remove($alex, $group, $eve), 404, 'not-found', ANY, 'somebody who is no member';
    refused remove($alex, $group, $_), 400, 'malformed', 'id', "the id $_" for qw(0 x -1);
    refused $alex->delete("/api/groups/$group/members/" . $kim->id, undef, csrf => undef), 403, 'csrf', undef, 'no token';
    is_deeply [map { $_->{id} } @{ group_of($alex, $group)->{members} }], [map { $_->id } $alex, $kim, $sam], 'all are there still';

    my ($hers, $his) = map { $_->open_queue } $kim, $sam;
    is remove($kim, $group, $kim)->status, 204, 'a member leaves';
    ok event($hers, 'group', sub { $_[0]{group}{id} == $group })->{ended}, 'her own tabs are told';
    is event($his, 'message')->{message}{notice}{what}, 'member-left', 'and the others';
    refused remove($kim, $group, $kim), 404, 'not-found', ANY, 'leaving twice';
    is remove($alex, $group, $sam)->status, 204, 'the owner removes one';
    is_deeply [map { $_->{id} } @{ group_of($alex, $group)->{members} }], [$alex->id], 'who is alone then';

    my ($contact) = contact_of($kim, $group);
    ok $contact->{ended}, 'the conversation stays with whoever left';
    $alex->send(group => $group, msg => 'without you');
    is_deeply [map { $_->{notice}{what} // $_->{msg} } @{ history_of($kim, $group)->json->{messages} }],
        ['member-added', 'member-added', 'all three', 'member-left'], 'as far as she was in it';
    is_deeply [map { $_->{notice}{what} // $_->{msg} } @{ history_of($sam, $group)->json->{messages} }],
        ['member-added', 'all three', 'member-left', 'member-removed'], 'and he';
    refused $kim->get("/api/groups/$group"), 404, 'not-found', ANY, 'its members are no longer hers to see';
    refused $kim->send(group => $group, msg => 'x'), 403, 'not-a-member', 'to', 'nor may she write';
    is_deeply [grep { $_->{id} == $group } @{ $kim->get('/api/groups')->json->{groups} }], [], 'it is not in her list';

    is add($alex, $group, $kim)->status, 201, 'she comes back';
    is_deeply [map { $_->{notice}{what} // $_->{msg} } @{ history_of($kim, $group)->json->{messages} }],
        ['member-added', 'member-added', 'all three', 'member-left', 'member-added'], 'and sees nothing of the time between';
};

subtest 'looking' => sub {
    my $group = found_group($alex)->json->{group}{id};
    refused $eve->get("/api/groups/$group"), 404, 'not-found', ANY, "another's group";
    is $eve->get("/api/groups/$group")->body, $eve->get('/api/groups/999999999')->body, 'is as none';
    refused $eve->get("/api/groups/$_"), 400, 'malformed', 'id', "the id $_" for qw(0 -1 x 01 9007199254740992);
    refused history_of($eve, $group), 404, 'not-found', ANY, 'nor is its history';
    refused $magpie->request(GET => "/api/groups/$group"), 401, 'no-session', undef, 'without a session';
    refused $magpie->request(GET => '/api/groups'), 401, 'no-session', undef, 'nor the list';
    my @ids = map { $_->{id} } @{ $alex->get('/api/groups')->json->{groups} };
    my $page = $alex->get('/api/groups?limit=2')->json;
    is_deeply [map { $_->{id} } @{ $page->{groups} }], [@ids[0, 1]], 'the list comes in pages';
    ok $page->{more}, 'which say that there are more';
    my $rest = $alex->get("/api/groups?after=$ids[1]")->json;
    is_deeply [map { $_->{id} } @{ $rest->{groups} }], [@ids[2 .. $#ids]], 'and go on behind the cursor';
    refused $alex->get('/api/groups?limit=0'), 400, 'malformed', 'limit', 'limit=0';
    refused $alex->put("/api/groups/$group", {}), 405, 'method-not-allowed', undef, 'PUT of a group';
};

done_testing;
