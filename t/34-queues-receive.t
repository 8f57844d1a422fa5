#!/usr/bin/perl
# Queues and polls: every tab gets everything, in order and again until it acknowledges; what ends a
# poll and what a queue; resyncing with `have`; `revs`.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes 'time';
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2, set => 'receive.hold=3');
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');

sub told    { my ($msg, %to) = @_; return $alex->send(to => $kim, %to, msg => $msg)->json->{message} }
sub texts   { my ($reply) = @_; return [map { $_->{message}{msg} } grep { $_->{type} eq 'message' } @{ $reply->json->{events} }] }
sub numbers { my ($reply) = @_; return [map { $_->{n} } @{ $reply->json->{events} }] }
sub in_time { my ($seconds, $most, $what) = @_; return ok $seconds < $most, sprintf '%s (%.2f s)', $what, $seconds }

# Polls without waiting until the queue has `count` events behind `after`: pushes come after the answer.
sub filled {
    my ($tab, $count, %option) = @_;
    my $reply;
    wait_until { $reply = $tab->poll(timeout => 0, %option); $reply->status != 200 || @{ $reply->json->{events} } >= $count } 5;
    return $reply;
}

# Waits until all that was committed has been pushed, so that a queue opened now begins empty.
sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }

settle();

# PostgreSQL's log says what the workers ask, but for what they ask on behalf of no request, and whose the session is.
subtest 'opening is one question to PostgreSQL' => sub {
    $magpie->psql(sprintf q(insert into magpie.seen values (%d, '2020-02-03 04:05:06Z')), $alex->id);
    $magpie->allow_errors(qr/terminating connection due to administrator command|database connection lost/);
    my $logged = sub {
        my ($how) = @_;
        $magpie->psql("alter role magpie_worker $how");
        my $ended = $magpie->psql(q(select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'magpie_worker'));
        return wait_until { $magpie->psql(q(select count(*) from pg_stat_activity where usename = 'magpie_worker')) >= $ended } 20;
    };
    my $asked = sub { return grep { !/^(?:outbox|presence|workers|session|schema)_/ } map { /execute (\w+):/ } $magpie->log_lines('postgres') };
    ok $logged->("set log_statement = 'all'"), 'new connections';
    $magpie->wait_ready;
    for my $have ([], [{ contact_type => 'single', contact_id => $alex->id, rev => 0 }]) {
        for my $path (qw(/api/queues /api/changes)) {
            my $before = $asked->();
            my $answer = $kim->post($path, { have => $have });
            is_deeply [map { $_->@{qw(state last_seen)} } @{ $answer->json->{contacts} }], ['offline', '2020-02-03T04:05:06.000Z'], "$path: an offline friend";
            my @asked = $asked->();
            is_deeply [@asked[$before .. $#asked]], ['catch_up'], '... is in what is asked once';
        }
    }
    $logged->('reset log_statement');
    $magpie->psql(sprintf 'delete from magpie.seen where user_id = %d', $alex->id);
};

subtest 'opening' => sub {
    my $message = told('before');
    my $reply = $kim->post('/api/queues', {});
    is $reply->status, 201, 'opened';
    my $state = $reply->json;
    like $state->{queue}, qr/^[1-9]\d{11}${\sprintf '%07d', $kim->id}$/, 'with an id that no other user has';
    is $magpie->redis(OBJECT => 'ENCODING', sprintf '{u%d}:tabs', $kim->id), 'intset', 'and that takes little room';
    is_deeply [@$state{qw(next hold changes)}], [0, 3, []], 'from the beginning, held as the setting says';
    my $me_rev = $state->{me}{me_rev};
    is_deeply $state->{me}, { id => $kim->id, username => 'kim', name => 'Kim', avatar => undef, me_rev => $me_rev }, 'it says who asks';
    is_deeply $state->{contacts}, [{
        contact_type => 'single', contact_id => $alex->id, name => 'Alex', username => 'alex', avatar => undef,
        (map { $_ => $state->{contacts}[0]{$_} } qw(online state last_seen)),
        rev => 1, read_seq => 0, unread => 1, mentioned => 0, remark => '', list_id => 0,
        (map { $_ => JSON::PP::false() } qw(pinned muted hidden marked_unread)), mentions => JSON::PP::true(), hidden_seq => undef, cleared_seq => 0,
        last_message => { %$message, contact_id => $alex->id },
    }], 'and what there is';
    is $kim->post('/api/queues')->status, 201, 'no body is good';
    my $changes = $kim->post('/api/changes', {});
    is $changes->status, 200, 'changes';
    my %same = %$state;
    delete @same{qw(queue next hold)};
    is_deeply $changes->json, \%same, 'has the same without a queue';

    for my $path (qw(/api/queues /api/changes)) {
        refused $kim->post($path, { have => $_ }), 400, 'malformed', 'have', "$path: have is no list" for {}, 'x', 1, undef;
        my %good = (contact_type => 'single', contact_id => $alex->id, rev => 0);
        for (['contact_type', 'x', undef, 1], ['contact_id', 0, -1, 'x', undef], ['rev', -1, '1', 1.5, undef, 9007199254740992]) {
            my ($field, @values) = @$_;
            refused $kim->post($path, { have => [\%good, { %good, $field => $_ }] }), 400, 'malformed', "have[1].$field",
                "$path: a bad $field" for @values;
            my %without = %good;
            delete $without{$field};
            refused $kim->post($path, { have => [\%without] }), 400, 'malformed', "have[0].$field", "$path: without $field";
        }
        refused $kim->post($path, { have => [{ %good, seq => 1 }] }), 400, 'malformed', 'have[0].seq', "$path: a member too many";
        refused $kim->post($path, { have => [1] }), 400, 'malformed', ANY, "$path: a number";
        refused $kim->post($path, { have => [map { { %good, contact_id => $_ } } 1 .. 1001] }), 400, 'malformed', 'have',
            "$path: 1,001 entries";
        is $kim->post($path, { have => [map { { %good, contact_id => $_ + 1000 } } 1 .. 1000] })->status =~ /^20[01]$/, 1,
            "$path: 1,000 are good";
        refused $kim->post($path, { tabs => 1 }), 400, 'malformed', 'tabs', "$path: an unknown member";
        refused $magpie->request(POST => $path, {}), 401, 'no-session', undef, "$path: no session";
        refused $kim->post($path, {}, csrf => undef), 403, 'csrf', undef, "$path: no token";
        refused $kim->get($path), 405, 'method-not-allowed', undef, "$path: by GET";
    }
};

# Alex himself never polls, so that no event of his presence comes among those that are counted.
subtest 'two tabs get everything' => sub {
    my @tabs = ($kim->open_queue, $kim->other_browser->open_queue);
    my @held = map { $_->begin(timeout => 3) } @tabs;
    my $begin = time;
    told('one');
    my @replies = map { $_->wait(5) } @held;
    in_time time - $begin, 1, 'held polls are answered at once';
    is_deeply [map { texts($_) } @replies], [['one'], ['one']], 'both tabs have it';
    is_deeply [map { numbers($_) } @replies], [[1], [1]], 'as their first event';
    is_deeply [map { $_->json->{next} } @replies], [1, 1], 'and know what is next';
    told($_) for qw(two three);
    is_deeply texts(filled($tabs[0], 2, after => 1)), [qw(two three)], 'what comes meanwhile waits, in order';
    is_deeply texts(filled($tabs[1], 2, after => 1)), [qw(two three)], 'in each';
};

subtest "and the sender's own" => sub {
    my $ann = $magpie->user('ann');
    my $ben = $magpie->user('ben', friends => [$ann]);
    my $tab = $ann->open_queue;
    my $message = $ann->send(to => $ben, msg => 'mine')->json->{message};
    is_deeply [$tab->receive(timeout => 5)], [$message], 'as the conversation that it is to the sender';
};

subtest 'again until it is acknowledged' => sub {
    my $tab = $kim->open_queue;
    told("m$_") for 1 .. 3;
    my $first = filled($tab, 3);
    is_deeply numbers($first), [1, 2, 3], 'numbered without a gap';
    is_deeply filled($tab, 3)->json, $first->json, 'asked again with the same `after`: the same';
    is_deeply numbers($tab->poll(timeout => 0, after => 2)), [3], 'two acknowledged, one left';
    refused $tab->poll(timeout => 0, after => 1), 410, 'queue-gone', undef, 'below what was acknowledged';
    refused $tab->poll(timeout => 0, after => 4), 410, 'queue-gone', undef, 'beyond what was given';
    refused $tab->poll(timeout => 0, after => 9007199254740991), 410, 'queue-gone', undef, 'far beyond';
    is_deeply numbers($tab->poll(timeout => 0, after => 2)), [3], 'but the queue lives on';
    told('m4');
    refused $tab->poll(timeout => 0, after => 4), 410, 'queue-gone', undef, 'what was pushed and not given cannot be acknowledged';
    is_deeply numbers(filled($tab, 2, after => 2)), [3, 4], 'and is given';
    is_deeply $tab->poll(timeout => 0, after => 4)->json, { events => [], next => 4 }, 'all acknowledged: nothing';
};

subtest 'an answer that nobody hears' => sub {
    my $tab = $kim->open_queue;
    for my $ms (0, 1, 2, 3, 5, 8, 13, 20, 40) {
        my $held = $tab->begin(timeout => 3);
        my $sent = $alex->begin(POST => '/api/send',
            { contact_type => 'single', to => $kim->id, msg => "after $ms", client_id => Magpie->uuid });
        select undef, undef, undef, $ms / 1000;         # the hang-up falls before, into or behind the push
        $held->close;
        is $sent->wait(5)->status, 201, "sent; the poll was broken off after $ms ms";
        my $reply = filled($tab, 1);
        is_deeply texts($reply), ["after $ms"], 'the next poll has it';
        $tab->{next} = $reply->json->{next};
    }
};

subtest 'how long a poll is held' => sub {
    my $tab   = $kim->open_queue;
    my $reply = $tab->poll(timeout => 0);
    in_time $reply->seconds, 0.2, '0 is a short poll';
    is_deeply $reply->json, { events => [], next => 0 }, 'which finds nothing';
    $reply = $tab->poll(timeout => 1);
    ok $reply->seconds > 0.85 && $reply->seconds < 1.6, sprintf 'a second (%.2f s)', $reply->seconds;
    is_deeply $reply->json, { events => [], next => 0 }, 'of waiting for nothing';
    $reply = $tab->poll;
    ok $reply->seconds > 2.6 && $reply->seconds < 3.6, sprintf 'left out: as `hold` says (%.2f s)', $reply->seconds;
    for (55, 56, 1000000) {
        my $held = $tab->begin(timeout => $_);
        is $held->wait(0.15), undef, "timeout=$_ waits";
        $held->close;
    }
    refused $kim->get($tab->path . "&timeout=$_"), 400, 'malformed', 'timeout', "timeout=$_"
        for qw(-1 x 1.5 01 +1 1e1 99999999999999999999), '';
};

subtest 'a new poll ends the one before' => sub {
    my $tab   = $kim->open_queue;
    my @polls = map { $tab->begin(timeout => 3) } 1;
    is $polls[0]->wait(0.2), undef, 'the first is held';
    for my $second (1 .. 5) {                           # by the same worker and by the other
        push @polls, $tab->begin(timeout => 3);
        my $begin = time;
        my $ended = $polls[-2]->wait(2);
        in_time time - $begin, 1, 'it ends at once';
        is_deeply $ended->json, { events => [], next => 0, replaced => \1 }, 'empty, and as replaced';
    }
    told('for the last');
    is_deeply texts($polls[-1]->wait(2)), ['for the last'], 'the last one gets what comes';
    my $short = $tab->poll(timeout => 0);
    is_deeply texts($short), ['for the last'], 'as does a short poll';
};

subtest 'what a poll refuses' => sub {
    my $tab = $kim->open_queue;
    my $get = sub { my (%query) = @_; return $kim->get('/api/receive?' . join '&', map { "$_=$query{$_}" } sort keys %query) };
    my %good = (queue => $tab->queue, after => 0, timeout => 0);
    is $get->(%good)->status, 200, 'a good one is good';
    for ([after => qw(-1 x 1.0 01 +1 abc 9007199254740992 18446744073709551616), ''], [revs => qw(-1 x 4294967296), ''],
        [queue => qw({}:* * %00 %0D%0A a%20b {u1}:tabs), 'x' x 65, '']) {
        my ($field, @values) = @$_;
        refused $get->(%good, $field => $_), 400, 'malformed', $field =~ /queue/ ? ANY : $field, "$field=$_" for @values;
        refused $kim->get('/api/receive?' . join '&', map({ "$_=$good{$_}" } sort keys %good), "$field=1", "$field=1"),
            400, 'malformed', ANY, "$field twice";
    }
    refused $kim->get('/api/receive?after=0'), 400, 'malformed', 'queue', 'no queue';
    refused $kim->get('/api/receive?queue=' . $tab->queue), 400, 'malformed', 'after', 'no after';
    refused $get->(%good, tab => 1), 400, 'malformed', ANY, 'an unknown member';
    refused $get->(%good, map { ("q$_" => 1) } 1 .. 100), 400, 'malformed', ANY, 'a hundred of them';
    refused $get->(%good, queue => $_), 410, 'queue-gone', undef, "the unknown queue $_" for '0' x 32, 'abc', 'f' x 31;
    refused $eve->get($tab->path(timeout => 0)), 410, 'queue-gone', undef, "another user's";
    refused $magpie->request(GET => $tab->path), 401, 'no-session', undef, 'without a session, which comes first';
    refused $magpie->request(GET => '/api/receive?queue=x'), 401, 'no-session', undef, 'also where all else is wrong';
    refused $kim->post($tab->path, {}), 405, 'method-not-allowed', undef, 'by POST';
    is $kim->other_browser->get($tab->path(timeout => 0))->status, 200, 'another session of the same user may';
    is $get->(%good)->status, 200, 'the queue is none the worse';
};

subtest 'a queue that Redis lost' => sub {
    my %lose = (
        'all of it' => sub { $magpie->redis(DEL => "$_[0]:m", "$_[0]:q") },
        'its list'  => sub { $magpie->redis(DEL => "$_[0]:q") },
        'its hash'  => sub { $magpie->redis(DEL => "$_[0]:m") },
        'all of every queue' => sub { $magpie->redis('FLUSHALL') },
        # Looked at when a queue is renewed, which is each 30 s of its 330.
        'its name in the list of them' => sub {
            $magpie->redis(DEL => '{u' . $kim->id . '}:tabs');
            $magpie->redis(HINCRBY => "$_[0]:m", expires => -31_000);
        },
        'but not its copy of another run' => sub { $magpie->redis(HSET => "$_[0]:m", run => '0' x 40) },
    );
    for my $what (sort keys %lose) {
        my $tab = $kim->open_queue;
        told('lost?');
        is_deeply texts(filled($tab, 1)), ['lost?'], 'a queue with an event';
        $lose{$what}->('{u' . $kim->id . '}:t:' . $tab->queue);
        refused $tab->poll(timeout => 1), 410, 'queue-gone', undef, "Redis lost $what";
        refused $tab->poll(timeout => 0), 410, 'queue-gone', undef, 'it stays gone';
    }
    my $tab  = $kim->open_queue;
    my $held = $tab->begin(timeout => 30);
    is $held->wait(0.2), undef, 'a poll is held';
    $magpie->redis('FLUSHALL');
    refused $held->wait(5), 410, 'queue-gone', undef, 'and ends soon after FLUSHALL';

    # Some keys of Redis, and not all of a queue's.
    $tab  = $kim->open_queue;
    $held = $tab->begin(timeout => 30);
    is $held->wait(0.2), undef, 'a poll is held';
    $magpie->redis(DEL => '{u' . $kim->id . '}:tabs', $magpie->redis(KEYS => 'look:*')->@*);
    refused $held->wait(5), 410, 'queue-gone', undef, 'and ends soon after some keys of Redis are gone';

    # A queue that was opened before the clock of Redis was set back an hour lives longer than one that is opened now.
    my $list = '{u' . $kim->id . '}:tabs';
    $kim->open_queue;
    cmp_ok $magpie->redis(TTL => $list), '>', 330, 'the list of queues ends';
    $magpie->redis(EXPIRE => $list, 4000);
    $kim->open_queue;
    cmp_ok $magpie->redis(TTL => $list), '>', 3900, 'and not before one of them';
};

subtest 'logging out' => sub {
    my ($here, $there) = ($kim->other_browser, $kim->other_browser);
    my ($mine, $other) = map { $_->open_queue } $here, $there;
    my @held = map { $_->begin(timeout => 20) } $mine, $other;
    is $_->wait(0.2), undef, 'a poll is held' for @held;
    my $cookies = $here->cookie_header;
    my $begin   = time;
    is $here->logout->status, 204, 'logged out';
    refused $held[0]->wait(3), 401, 'no-session', undef, 'its held poll ends';
    in_time time - $begin, 1, 'within a second';
    is $held[1]->wait(0.3), undef, "the other session's goes on";
    refused $there->get($mine->path(timeout => 0)), 410, 'queue-gone', undef, 'the queue is gone';
    refused $magpie->request(GET => $mine->path, undef, cookies => $cookies), 401, 'no-session', undef, 'as is the session';
    told('still here');
    is_deeply texts($held[1]->wait(3)), ['still here'], 'and gets what comes';
};

subtest 'many queues' => sub {
    my $bob  = $magpie->user('bob', friends => [$alex]);
    my @tabs = map { $bob->open_queue } 1 .. 32;
    $tabs[0]->poll(timeout => 0);
    push @tabs, $bob->open_queue;
    my @statuses = map { $_->poll(timeout => 0)->status } @tabs;
    is_deeply \@statuses, [200, 410, (200) x 31], 'the 33rd drops the one that was longest without a poll';
    $alex->send(to => $bob, msg => 'to all');
    is_deeply texts(filled($_, 1)), ['to all'], 'each gets it' for @tabs[0, 2, 32];

    # A worker that was killed leaves its note behind; the poll of a living one has a note as old as itself.
    my $set = sub {
        my ($tab, $seconds, @more) = @_;
        $magpie->redis('HSET', sprintf('{u%d}:t:%s:m', $bob->id, $tab->queue), 'polled', int 1000 * (time - $seconds), @more);
    };
    $tabs[2]{next} = $tabs[2]->poll(timeout => 0)->json->{next};
    my $held = $tabs[2]->begin(timeout => 20);
    is $held->wait(0.3), undef, 'a poll is held';
    $set->($tabs[2], 50);
    $set->($tabs[3], 40);
    $set->($tabs[0], 61, 'worker', 'none');
    my $dropped = sub { my $new = $bob->open_queue; push @tabs, $new; return $_[0]->poll(timeout => 0)->status };
    is $dropped->($tabs[0]), 410, 'a note that is older than any poll is a dead worker\'s, and nothing to wait for';
    is $dropped->($tabs[3]), 410, 'but one that may be a poll\'s counts as now';
    is $held->wait(0), undef, 'which goes on';
    $held->close;
};

subtest 'a hundred events at most, a thousand waiting' => sub {
    my $dan = $magpie->user('dan', friends => [$alex]);
    settle();
    my $tab = $dan->open_queue;
    my $send = sub {
        return $magpie->parallel(map {
            [POST => '/api/send', { contact_type => 'single', to => $dan->id, msg => "m$_", client_id => Magpie->uuid }, $alex]
        } 1 .. $_[0]);
    };
    $send->(100) for 1 .. 3;
    my @seqs;
    for my $page (1 .. 3) {
        my $reply = filled($tab, 100, after => 100 * ($page - 1));
        is scalar @{ $reply->json->{events} }, 100, 'a hundred in an answer';
        push @seqs, map { $_->{message}{seq} } @{ $reply->json->{events} };
    }
    is_deeply [sort { $a <=> $b } @seqs], [1 .. 300], 'and none is missing';
    is_deeply $tab->poll(timeout => 0, after => 300)->json->{events}, [], 'three hundred are acknowledged';
    $send->(100) for 1 .. 10;
    is filled($tab, 100, after => 300)->status, 200, 'a thousand may wait';
    $send->(1);
    ok wait_until(sub { $tab->poll(timeout => 0, after => 300)->status == 410 }, 3), 'one more, and the queue is gone';
    my $again = $dan->open_queue(have => [{ contact_type => 'single', contact_id => $alex->id, rev => 1000 }]);
    my ($change) = @{ $again->state->{changes} };
    is_deeply [map { $_->{seq} } @{ $change->{messages} }], [1001 .. 1301], 'resyncing brings what was missed';
    is_deeply [$change->{rev}, !!$change->{reset}], [1301, !!0], 'up to the newest';
    ($change) = @{ $dan->open_queue(have => [{ contact_type => 'single', contact_id => $alex->id, rev => 800 }])->state->{changes} };
    is_deeply [scalar @{ $change->{messages} }, !!$change->{reset}], [0, !!1], 'more than 500 are not sent: reset';
};

subtest 'resyncing' => sub {
    my $group = $alex->post('/api/groups', { name => 'birds' })->json->{group}{id};
    my $add   = sub { $alex->post("/api/groups/$group/members", { user_id => $_[0]->id }) };
    my $have  = sub {
        my ($user, $type, $id, $rev) = @_;
        return $user->post('/api/changes', { have => [{ contact_type => $type, contact_id => 0 + $id, rev => $rev }] })->json->{changes};
    };
    $add->($kim);
    $alex->send(group => $group, msg => "g$_") for 3 .. 5;
    is_deeply $have->($kim, group => $group, 5), [], 'nothing has moved';
    my ($change) = @{ $have->($kim, group => $group, 3) };
    is_deeply [@$change{qw(contact_type contact_id rev)}, !!$change->{reset}], ['group', $group, 5, !!0], 'it has moved';
    is_deeply [map { $_->{msg} } @{ $change->{messages} }], [qw(g4 g5)], 'by these';
    ($change) = @{ $have->($kim, group => $group, 9) };
    is_deeply [!!$change->{reset}, @{ $change->{messages} }], [!!1], 'a number that was never reached: reset';
    ($change) = @{ $have->($eve, group => $group, 1) };
    is_deeply [!!$change->{gone}, @{ $change->{messages} }], [!!1], "another's group: gone";
    ($change) = @{ $have->($eve, group => 999_999_999, 1) };
    is_deeply [!!$change->{gone}, @{ $change->{messages} }], [!!1], 'as is one that never was';
    is_deeply $have->($eve, single => $kim->id, 0)->[0]{messages}, [], "and somebody else's conversation";

    $alex->delete("/api/groups/$group/members/" . $kim->id);
    $alex->send(group => $group, msg => 'without her');
    ($change) = @{ $have->($kim, group => $group, 5) };
    is_deeply [$change->{rev}, map { $_->{notice}{what} } @{ $change->{messages} }], [6, 'member-removed'],
        'removed: up to the notice of it';
    is_deeply $have->($kim, group => $group, 6), [], 'and no further';
};

# The hash of api.md, over what a client knows.
sub revs {
    my ($state) = @_;
    my $imul = sub { my ($x, $y) = @_; return ($x * ($y & 0xFFFF) + (($x * ($y >> 16) & 0xFFFF) << 16)) & 0xFFFFFFFF };
    my $sum  = 0;
    for (@{ $state->{contacts} }, { contact_id => 0, contact_type => 'single', rev => $state->{me}{me_rev} }) {
        my $first = $imul->(($_->{rev} + 1) & 0xFFFFFFFF, 1640531527);
        my $key   = (2 * $_->{contact_id} + ($_->{contact_type} eq 'group' ? 1 : 0)) & 0xFFFFFFFF;
        $sum = ($sum + $imul->($first ^ $key, 2135587861)) & 0xFFFFFFFF;
    }
    return $sum;
}

subtest 'revs' => sub {
    settle();
    my $tab = $kim->open_queue;
    my $now = revs($tab->state);
    is_deeply $tab->poll(timeout => 0, revs => $now)->json, { events => [], next => 0 }, 'who knows all is not behind';
    is_deeply $tab->poll(timeout => 0, revs => $now ^ 1)->json, { events => [], next => 0, behind => \1 }, 'who does not is';
    is_deeply $tab->poll(timeout => 1, revs => $now)->json, { events => [], next => 0 }, 'also after having been held';
    is_deeply $tab->poll(timeout => 1, revs => ($now + 1) % 2**32)->json, { events => [], next => 0, behind => \1 }, 'and told then';
    told('one more');
    my $reply = filled($tab, 1, revs => $now);
    ok !exists $reply->json->{behind}, 'a poll with events does not compare';
    is_deeply $tab->poll(timeout => 0, after => 1, revs => $now)->json, { events => [], next => 1, behind => \1 },
        'a message that the client does not count';
    is_deeply $tab->poll(timeout => 0, after => 1, revs => revs($kim->post('/api/changes', {})->json))->json,
        { events => [], next => 1 }, 'is cured by /api/changes';
    $kim->post('/api/read', { contact_type => 'single', contact_id => $alex->id, seq => 1 });
    my $counted = $kim->post('/api/changes', {})->json;
    is_deeply filled($tab, 1, after => 1)->json->{events}[0]{me_rev}, $counted->{me}{me_rev}, 'what concerns oneself counts in me_rev';
    is revs($counted), $magpie->psql('select revs from magpie.revs_of(array[' . $kim->id . '])'), 'as the database sees it';
};

done_testing;
