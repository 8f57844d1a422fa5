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
    wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10;
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
    my ($one, $two, $hers) = map { $_->open_queue } $alex, $alex, $kim;
    my $path = '/api/friends/' . $kim->id;
    is $alex->patch($path, { remark => "K\x{e9}m \x{1F426}" })->status, 204, 'a remark';
    for ($one, $two) {
        my $event = event($_, 'friend');
        is_deeply $event->{friend}, { id => $kim->id, username => 'kim', name => 'Kim', status => '', remark => "K\x{e9}m \x{1F426}", list_id => 0 },
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

#--- more ---
done_testing;
