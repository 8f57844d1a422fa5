#!/usr/bin/perl
# My own view of a conversation: pinned, muted, hidden, marked as unread, cleared. Each of my tabs knows
# within a second, the other people see nothing of it, and what is unread is right all the way.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes 'time';
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');
my $path   = '/api/conversations/single/' . $alex->id;
my ($one, $two, $his) = map { $_->open_queue } $kim, $kim, $alex;
use constant { YES => JSON::PP::true(), NO => JSON::PP::false() };
my %as_it_is = (pinned => NO, muted => NO, mentions => YES, hidden => NO, hidden_seq => undef, marked_unread => NO, cleared_seq => 0);

sub contact_of {
    my ($user, $type, $id) = @_;
    return (grep { $_->{contact_type} eq $type && $_->{contact_id} == $id } @{ $user->post('/api/changes', {})->json->{contacts} })[0];
}
sub view_of { my $contact = contact_of(@_); return { map { $_ => $contact->{$_} } keys %as_it_is } }

# The next event of a type, and nothing before it but presence.
sub event {
    my ($tab, $type) = @_;
    my @events;
    wait_until { @events = grep { $_->{type} ne 'presence' } $tab->events(timeout => 1) } 5;
    is_deeply [map { $_->{type} } @events], [$type], "a tab hears $type";
    return $events[0];
}

# What has come to a tab by now, as types; who comes and goes apart.
sub heard {
    my ($tab) = @_;
    wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10;
    return [grep { $_ ne 'presence' } map { $_->{type} } $tab->events(timeout => 0)];
}

# Does what is asked while both tabs of Kim's are held, and checks that both know within a second.
sub both {
    my ($what, $act, %expected) = @_;
    my @held = map { $_->begin(timeout => 20) } $one, $two;
    is $magpie->request(GET => '/readyz')->status, 200, 'both tabs are held';
    my $start = time;
    is $act->()->status, 204, $what;
    my @events;
    for my $tab ($one, $two) {
        my $reply = (shift @held)->wait(10)->json;
        $tab->{next} = $reply->{next};
        my ($event) = grep { $_->{type} ne 'presence' } @{ $reply->{events} };
        $event //= event($tab, 'conversation');         # somebody came or went just then
        push @events, { map { $_ => $event->{$_} } qw(type contact_type contact_id), keys %expected };
    }
    cmp_ok time - $start, '<', 1, '... told within a second';
    is_deeply \@events, [({ type => 'conversation', contact_type => 'single', contact_id => $alex->id, %expected }) x 2], '... to both tabs';
    return;
}

heard($_) for $one, $two, $his;

subtest 'how it is shown' => sub {
    is_deeply view_of($kim, 'single', $alex->id), \%as_it_is, 'as it is from the start';
    both('pinned and muted', sub { $kim->patch($path, { pinned => \1, muted => \1 }) }, %as_it_is, pinned => YES, muted => YES, unread => 0);
    both('but for mentions', sub { $kim->patch($path, { mentions => \0 }) }, %as_it_is, pinned => YES, muted => YES, mentions => NO);
    is_deeply view_of($kim, 'single', $alex->id), { %as_it_is, pinned => YES, muted => YES, mentions => NO }, 'the contact says so';
    is_deeply { map { $_ => $kim->open_queue->state->{contacts}[0]{$_} } keys %as_it_is }, { %as_it_is, pinned => YES, muted => YES, mentions => NO },
        'also to a tab that is opened';
    is_deeply view_of($alex, 'single', $kim->id), \%as_it_is, 'nothing of it is so for him';
    is $kim->patch($path, $_)->status, 204, 'what changes nothing is good' for {}, { pinned => \1 };
    is_deeply [map { heard($_) } $one, $two, $his], [[], [], []], '... and told to nobody; he has heard of nothing';
    is $kim->patch($path, { pinned => \0, muted => \0, mentions => \1 })->status, 204, 'and back';
    event($_, 'conversation') for $one, $two;
};

subtest 'hidden until a message comes' => sub {
    both('hidden', sub { $kim->patch($path, { hidden => \1 }) }, hidden => YES, hidden_seq => 0);
    is contact_of($kim, 'single', $alex->id)->{hidden}, 1, 'so it is';
    my $message = $alex->send(to => $kim, msg => 'hello')->json->{message};
    is event($_, 'message')->{message}{seq}, 1, 'a message has a later number' for $one, $two;
    is contact_of($kim, 'single', $alex->id)->{hidden}, 0, 'and shows it again';
    both('by hand', sub { $kim->patch($path, { hidden => \1 }) }, hidden => YES, hidden_seq => 1);
    both('and back', sub { $kim->patch($path, { hidden => \0 }) }, hidden => NO, hidden_seq => undef);
};

subtest 'marked as unread' => sub {
    my $read = sub { $kim->post('/api/read', { contact_type => 'single', contact_id => $alex->id, seq => 1 }) };
    is $read->()->status, 204, 'all is read';
    event($_, 'read') for $one, $two;
    both('marked as unread', sub { $kim->patch($path, { marked_unread => \1 }) }, marked_unread => YES, unread => 0);
    is_deeply [@{ contact_of($kim, 'single', $alex->id) }{qw(unread marked_unread read_seq)}], [0, YES, 1], 'so it is';
    both('reading it again', $read, marked_unread => NO, unread => 0);
    is $read->()->status, 204, 'and again';
    is_deeply [map { heard($_) } $one, $two], [[], []], '... is told to nobody';
};

subtest 'cleared, for me alone' => sub {
    my $history = sub { my ($user, $other, $more) = @_; return $user->get('/api/history?contact_type=single&contact_id=' . $other->id . ($more // ''))->json };
    my $texts   = sub { return [map { $_->{msg} } @{ $_[0]{messages} }] };
    for my $n (2 .. 4) {
        $alex->send(to => $kim, msg => "m$n");
        event($_, 'message') for $one, $two;
    }
    heard($his);
    is contact_of($kim, 'single', $alex->id)->{unread}, 3, 'three are unread';
    both('cleared up to a number', sub { $kim->post("$path/clear", { seq => 2 }) }, cleared_seq => 2, unread => 2);
    is_deeply $texts->($history->($kim, $alex)), [qw(m3 m4)], 'the history';
    is_deeply $texts->($history->($kim, $alex, '&before=3')), [], 'what was before';
    is_deeply $texts->($history->($kim, $alex, '&after_rev=0')), [qw(m3 m4)], 'what changed';
    my $changes = $kim->post('/api/changes', { have => [{ contact_type => 'single', contact_id => $alex->id, rev => 1 }] })->json->{changes};
    is_deeply $texts->($changes->[0]), [qw(m3 m4)], 'a resync';
    is_deeply [@{ contact_of($kim, 'single', $alex->id) }{qw(unread rev cleared_seq)}], [2, 4, 2], 'the contact';
    is_deeply $texts->($history->($alex, $kim)), [qw(hello m2 m3 m4)], 'he has all';
    both('all of it', sub { $kim->post("$path/clear", { seq => 999 }) }, cleared_seq => 4, unread => 0);
    is_deeply [@{ contact_of($kim, 'single', $alex->id) }{qw(unread rev cleared_seq last_message)}], [0, 4, 4, undef], 'nothing is left';
    is $kim->post("$path/clear", { seq => $_ })->status, 204, "clearing again up to $_ is good" for 2, 4, 999;
    is_deeply [map { heard($_) } $one, $two, $his], [[], [], []], '... and told to nobody; he has heard of nothing';

    my $next = $alex->send(to => $kim, msg => 'next')->json->{message};
    is event($_, 'message')->{message}{msg}, 'next', 'what comes next comes' for $one, $two;
    is_deeply [map { $_->{msg} } contact_of($kim, 'single', $alex->id)->{last_message}], ['next'], 'and is the newest';
    is contact_of($kim, 'single', $alex->id)->{unread}, 1, 'and unread';
    my $state = $kim->post('/api/changes', {})->json;
    is_deeply $one->poll(timeout => 0, revs => revs($state))->json, { events => [], next => $one->next }, 'nobody is behind';
};

# As a client sums up what it has.
sub revs {
    my ($state) = @_;
    use integer;
    my $imul = sub { return ($_[0] * $_[1]) & 0xffffffff };
    my $term = sub { my ($rev, $key) = @_; return $imul->($imul->($rev + 1, 1640531527) ^ $key, 2135587861) };
    my $sum  = $term->($state->{me}{me_rev}, 0);
    $sum += $term->($_->{rev}, 2 * $_->{contact_id} + ($_->{contact_type} eq 'group' ? 1 : 0)) for @{ $state->{contacts} };
    return $sum & 0xffffffff;
}

# What somebody takes back who deletes the account: of the part that is cleared nobody hears.
subtest 'a recall' => sub {
    my $una = $magpie->user('una', friends => [$kim]);
    $una->send(to => $kim, msg => $_) for 'first', 'second';
    heard($one);
    my $theirs = '/api/conversations/single/' . $una->id;
    is $kim->post("$theirs/clear", { seq => 99 })->status, 204, 'cleared';
    is_deeply heard($one), ['conversation'], 'and told';
    is $una->post('/api/me/delete', { password => $una->password, messages => 'delete' })->status, 204, 'she takes all back';
    is_deeply heard($one), ['friend'], 'no recall is told';
    my $history = $kim->get('/api/history?contact_type=single&contact_id=' . $una->id . '&after_rev=0')->json;
    is_deeply $history, { messages => [], more => NO, rev => 4 }, 'nor found';
    is contact_of($kim, 'single', $una->id)->{unread}, 0, 'nor counted';
    heard($two);
};

subtest 'a group that was left' => sub {
    my $group = $kim->post('/api/groups', { name => 'Birds' })->json->{group}{id};
    $kim->post("/api/groups/$group/members", { user_id => $alex->id });
    $alex->delete("/api/groups/$group/members/" . $alex->id);
    is $alex->patch("/api/conversations/group/$group", { hidden => \1, pinned => \1 })->status, 204, 'can be hidden';
    is_deeply [@{ contact_of($alex, 'group', $group) }{qw(hidden pinned ended)}], [(YES) x 3], 'so it is';
    is $alex->post("/api/conversations/group/$group/clear", { seq => 99 })->status, 204, 'and cleared';
    is_deeply $alex->get("/api/history?contact_type=group&contact_id=$group")->json, { messages => [], more => NO, rev => 3 }, 'up to the leaving';
};

subtest 'who may not, and what is malformed' => sub {
    my @nobody = (999_999_999, $eve->id, $kim->id);
    for my $id (@nobody) {
        refused $kim->patch("/api/conversations/single/$id", { pinned => \1 }), 404, 'not-found', undef, 'no conversation of mine';
        refused $kim->post("/api/conversations/group/$id/clear", { seq => 1 }), 404, 'not-found', undef, 'no group of mine';
    }
    for my $type ('both', 'Single', 'groups', '1', '%00', 'TYPE') {
        refused $kim->patch("/api/conversations/$type/" . $alex->id, { pinned => \1 }), 400, 'malformed', ANY, "a bad type: $type";
    }
    refused $kim->patch("/api/conversations/single/$_", { pinned => \1 }), 400, 'malformed', 'id', "a bad id: $_" for 0, -1, 'x', '1.0';
    for my $name (qw(pinned muted mentions hidden marked_unread)) {
        refused $kim->patch($path, { $name => $_ }), 400, 'malformed', $name, "$name is none" for undef, 1, 'true', [], {};
    }
    refused $kim->patch($path, { pinned => \1, $_ => 1 }), 400, 'malformed', $_, "$_ is unknown" for qw(cleared_seq unread);
    refused $kim->post("$path/clear", { seq => $_ }), 400, 'malformed', 'seq', 'a bad number' for undef, 0, -1, '1', 1.5;
    refused $kim->post("$path/clear", {}), 400, 'malformed', 'seq', 'no number';
    refused $magpie->request(PATCH => $path, {}), 401, 'no-session', undef, 'no session';
    refused $magpie->request(POST => "$path/clear", { seq => 1 }), 401, 'no-session', undef, 'no session';
    refused $kim->patch($path, {}, csrf => undef), 403, 'csrf', undef, 'no token';
    refused $kim->post("$path/clear", { seq => 1 }, csrf => undef), 403, 'csrf', undef, 'no token';
    is_deeply view_of($kim, 'single', $alex->id), { %as_it_is, cleared_seq => 4 }, 'none of it has changed a thing';
};

done_testing;
