#!/usr/bin/perl
# Who may do what: a table of people and of what they try, against a group and a conversation. Whoever
# may not is told the same as if there were nothing, and has changed nothing.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;

my $magpie = Magpie->start(workers => 2);
my $owner  = $magpie->user('owner');
my %user   = (owner => $owner);
$user{$_} = $magpie->user($_, friends => [$owner]) for qw(admin member removed left friend ex-friend target);
$user{$_} = $magpie->user($_) for qw(stranger asked);
$user{owner}->post('/api/friend-requests', { username => 'asked' });
$user{nobody} = $magpie->stranger;

my $group = $owner->post('/api/groups', { name => 'birds' })->json->{group}{id};
my $id    = sub { $user{ $_[0] }->id };
my $add   = sub { $owner->post("/api/groups/$group/members", { user_id => $id->($_[0]) }) };
$add->($_) for qw(admin member removed left target);
$magpie->psql("update magpie.membership set role = 'admin' where user_id = " . $id->('admin'));
$owner->send(group => $group, msg => 'for the early ones');
$user{left}->delete("/api/groups/$group/members/" . $id->('left'));
$owner->delete("/api/groups/$group/members/" . $id->('removed'));
$owner->send(group => $group, msg => 'for those who stayed');
$owner->send(to => $user{target}, msg => 'for the target alone');
$owner->send(to => $user{$_}, msg => "for the $_") for qw(friend ex-friend);
$owner->delete('/api/friends/' . $id->('ex-friend'));
my $open_request = $user{stranger}->post('/api/friend-requests', { username => 'target' })->json->{id};
my $queue = $owner->open_queue->queue;
my $picture = do { open my $in, '<:raw', "$FindBin::Bin/fuzz/corpus/picture/rgb.png" or die $!; local $/; <$in> };

sub texts { my ($reply) = @_; return join ', ', grep { length } map { $_->{msg} } @{ ($reply->json // {})->{messages} // [] } }

# A row: what is tried, how, and what each gets: a status, or the texts that are seen.
my @people = qw(owner admin member left removed friend ex-friend stranger asked nobody);
my @table  = (
    ['see the group',           sub { $_[0]->get("/api/groups/$group")->status },
        qw(200 200 200 404 404 404 404 404 404 401)],
    ['see it in the list',      sub { my $r = $_[0]->get('/api/groups'); $r->status == 200 ? scalar @{ $r->json->{groups} } : $r->status },
        qw(1 1 1 0 0 0 0 0 0 401)],
    ['read its history',        sub { my $r = $_[0]->get("/api/history?contact_type=group&contact_id=$group"); $r->status == 200 ? texts($r) : $r->status },
        ('for the early ones, for those who stayed') x 3, ('for the early ones') x 2, qw(404 404 404 404 401)],
    ['read what changed in it', sub { my $r = $_[0]->get("/api/history?contact_type=group&contact_id=$group&after_rev=0"); $r->status == 200 ? texts($r) : $r->status },
        ('for the early ones, for those who stayed') x 3, ('for the early ones') x 2, qw(404 404 404 404 401)],
    ['resync it',               sub {
            my $r = $_[0]->post('/api/changes', { have => [{ contact_type => 'group', contact_id => $group, rev => 0 }] });
            return $r->status if $r->status != 200;
            my ($change) = @{ $r->json->{changes} };
            return $change->{gone} ? 'gone' : texts(bless { json => $change }, 'Magpie::Reply');
        },
        ('for the early ones, for those who stayed') x 3, ('for the early ones') x 2, qw(gone gone gone gone 401)],
    ['write in it',             sub { $_[0]->send(group => $group, msg => 'x')->status }, qw(201 201 201 403 403 403 403 403 403 401)],
    ['mark it read',            sub { $_[0]->post('/api/read', { contact_type => 'group', contact_id => $group, seq => 1 })->status },
        qw(204 204 204 204 204 404 404 404 404 401)],
    ['pin it',                  sub { $_[0]->patch("/api/conversations/group/$group", { pinned => \1 })->status },
        qw(204 204 204 204 204 404 404 404 404 401)],
    ['clear it',                sub { $_[0]->post("/api/conversations/group/$group/clear", { seq => 1 })->status },
        qw(204 204 204 204 204 404 404 404 404 401)],
    ['give it a picture',       sub { $_[0]->put("/api/groups/$group/avatar", $picture, type => 'image/png')->status },
        qw(200 200 403 404 404 404 404 404 404 401)],
    ['take that away',          sub { $_[0]->delete("/api/groups/$group/avatar")->status },
        qw(204 204 403 404 404 404 404 404 404 401)],
    ['add a stranger to it',    sub { $_[0]->post("/api/groups/$group/members", { user_id => $id->('asked') })->status },
        qw(403 403 403 404 404 404 404 404 404 401)],
    ['add oneself to it',       sub { $_[0]->post("/api/groups/$group/members", { user_id => $_[0]->id // 1 })->status },
        qw(403 403 403 404 404 404 404 404 404 401)],
    ['remove its owner',        sub { $_[0]->delete("/api/groups/$group/members/" . $owner->id)->status },
        qw(409 403 403 404 404 404 404 404 404 401)],
    ['remove somebody outside', sub { $_[0]->delete("/api/groups/$group/members/" . $id->('asked'))->status },
        qw(404 404 404 404 404 404 404 404 404 401)],
    ["read the owner's other conversation", sub {
            my $r = $_[0]->get('/api/history?contact_type=single&contact_id=' . $id->('target'));
            return $r->status == 200 ? texts($r) : $r->status;
        }, 'for the target alone', (404) x 8, 401],
    ['read the one with the owner', sub {
            my $r = $_[0]->get('/api/history?contact_type=single&contact_id=' . $owner->id);
            return $r->status == 200 ? texts($r) : $r->status;
        }, 404, ('') x 4, 'for the friend', 'for the ex-friend', 404, 404, 401],
    ['write to the owner',      sub { $_[0]->send(to => $owner, msg => 'x')->status }, qw(403 201 201 201 201 201 403 403 403 401)],
    ['mark that read',          sub { $_[0]->post('/api/read', { contact_type => 'single', contact_id => $owner->id, seq => 1 })->status },
        qw(404 204 204 204 204 204 204 404 404 401)],
    ['pin that',                sub { $_[0]->patch('/api/conversations/single/' . $owner->id, { pinned => \1 })->status },
        qw(404 204 204 204 204 204 204 404 404 401)],
    ["accept another's request", sub { $_[0]->post("/api/friend-requests/$open_request/accept")->status }, (404) x 9, 401],
    ["reject another's request", sub { $_[0]->post("/api/friend-requests/$open_request/reject")->status }, (404) x 9, 401],
    ["end another's friendship", sub { $_[0]->delete('/api/friends/' . $id->('asked'))->status }, (404) x 9, 401],
    ["poll the owner's queue",  sub { $_[0]->get("/api/receive?queue=$queue&after=0&timeout=0")->status }, 200, (410) x 8, 401],
    ["acknowledge in it",       sub { $_[0]->get("/api/receive?queue=$queue&after=1&timeout=0")->status }, 200, (410) x 8, 401],
);

my $before = $magpie->psql("select string_agg(user_id || role || coalesce(left_rev, 0), ',' order by conversation_id, user_id) from magpie.membership");
$owner->get("/api/receive?queue=$queue&after=0&timeout=2");                             # gives it an event, to be acknowledged
for (@table) {
    my ($what, $try, @expected) = @$_;
    my @got = map { $try->($user{$_}) } @people;
    is_deeply { map { $people[$_] => $got[$_] } 0 .. $#people }, { map { $people[$_] => $expected[$_] } 0 .. $#people }, $what;
}
is $magpie->psql("select string_agg(user_id || role || coalesce(left_rev, 0), ',' order by conversation_id, user_id) from magpie.membership"),
    $before, 'nobody came, went or rose';

# What is not there and what is another's get the same answer, but for the time it takes.
for my $pair (
    ["/api/groups/$group", '/api/groups/999999999'],
    ["/api/history?contact_type=group&contact_id=$group", '/api/history?contact_type=group&contact_id=999999999'],
    ['/api/history?contact_type=single&contact_id=' . $id->('target'), '/api/history?contact_type=single&contact_id=999999999'],
    ["/api/receive?queue=$queue&after=0&timeout=0", '/api/receive?queue=' . 'f' x 32 . '&after=0&timeout=0'],
  ) {
    my ($one, $two) = map { $user{stranger}->get($_) } @$pair;
    is_deeply [$one->status, $one->body], [$two->status, $two->body], "$pair->[0] is as nothing to a stranger";
}
for my $pair (
    [POST => '/api/send', map { { contact_type => 'single', to => $_, msg => 'x', client_id => Magpie->uuid } } $id->('target'), 999_999_999],
    [POST => '/api/send', map { { contact_type => 'group', to => $_, msg => 'x', client_id => Magpie->uuid } } $group, 999_999_999],
    [POST => '/api/read', map { { contact_type => 'group', contact_id => $_, seq => 1 } } $group, 999_999_999],
    [PATCH => ["/api/conversations/group/$group", '/api/conversations/group/999999999'], ({ pinned => \1 }) x 2],
    [PATCH => ['/api/conversations/single/' . $id->('target'), '/api/conversations/single/999999999'], ({ pinned => \1 }) x 2],
    [POST => ["/api/conversations/group/$group/clear", '/api/conversations/group/999999999/clear'], ({ seq => 1 }) x 2],
    [DELETE => ["/api/groups/$group/avatar", '/api/groups/999999999/avatar'], ({}) x 2],
  ) {
    my ($method, $path, @bodies) = @$pair;
    my @paths = ref $path ? @$path : ($path) x 2;
    my ($one, $two) = map { $user{stranger}->request($method, $paths[$_], $bodies[$_]) } 0, 1;
    is_deeply [$one->status, $one->body], [$two->status, $two->body], "$method $paths[0]: as well";
}

# An admin removes a member, and no more.
is $user{admin}->delete("/api/groups/$group/members/" . $id->('target'))->status, 204, 'an admin removes a member';
is $user{target}->get("/api/groups/$group")->status, 404, 'who is out';
is $owner->delete("/api/groups/$group/members/" . $id->('admin'))->status, 204, 'the owner removes an admin';

done_testing;
