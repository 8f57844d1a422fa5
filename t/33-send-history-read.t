#!/usr/bin/perl
# Messages: sending them, reading them back, and how far one has read.
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
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');
my $group  = $alex->post('/api/groups', { name => 'birds' })->json->{group}{id};
$alex->post("/api/groups/$group/members", { user_id => $kim->id });

sub history {
    my ($user, %query) = @_;
    return $user->get('/api/history?' . join '&', map { "$_=$query{$_}" } sort keys %query);
}

sub history_with { my ($user, $other, %query) = @_; return history($user, contact_type => 'single', contact_id => $other->id, %query) }
sub texts { my ($reply) = @_; return [map { $_->{msg} } @{ $reply->json->{messages} }] }
sub seqs  { my ($reply) = @_; return [map { $_->{seq} } @{ $reply->json->{messages} }] }

subtest 'a message' => sub {
    my $client_id = uc Magpie->uuid;
    my $answer    = $alex->send(to => $kim, msg => 'hello', client_id => $client_id);
    is $answer->status, 201, 'is committed';
    my $message = $answer->json->{message};
    like $message->{timestamp}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'has a time';
    is_deeply $message, {
        contact_type => 'single', contact_id => $kim->id, seq => 1, rev => 1, kind => 'text', from => $alex->id,
        from_name => 'Alex', msg => 'hello', timestamp => $message->{timestamp}, client_id => lc $client_id,
    }, 'and is what was sent';
    is_deeply history_with($alex, $kim)->json, { messages => [$message], more => \0, rev => 1 }, 'it is in his history';
    is_deeply history_with($kim, $alex)->json, { messages => [{ %$message, contact_id => $alex->id }], more => \0, rev => 1 },
        'and in hers, as the conversation with him';
    refused history_with($eve, $alex), 404, 'not-found', 'contact_id', "a stranger's view of him";

    my $to_group = $kim->send(group => $group, msg => 'all')->json->{message};
    is_deeply [@$to_group{qw(contact_type contact_id seq from)}], ['group', $group, 3, $kim->id], 'in a group it counts on';
};

subtest 'the same again' => sub {
    my %send   = (to => $kim, msg => 'once', client_id => Magpie->uuid);
    my $first  = $alex->send(%send);
    my $second = $alex->send(%send);
    is $second->status, 200, 'is no error';
    is_deeply $second->json, $first->json, 'and has the same answer';
    is $alex->send(%send, client_id => uc $send{client_id})->status, 200, 'also with a UUID in capitals';
    refused $alex->send(%send, msg => 'other'), 409, 'client-id-reused', 'client_id', 'another text';
    my %elsewhere = %send;
    delete $elsewhere{to};
    refused $alex->send(%elsewhere, group => $group), 409, 'client-id-reused', 'client_id', 'another receiver';
    is $kim->send(%send, to => $alex)->status, 201, "another sender's is another";
    is scalar(grep { $_ eq 'once' } @{ texts(history_with($alex, $kim)) }), 2, 'it is there once for each sender';
};

subtest 'what send refuses' => sub {
    my %good = (contact_type => 'single', to => $kim->id, msg => 'x', client_id => Magpie->uuid);
    my $before = history_with($alex, $kim)->json->{rev};
    my %bad = (
        contact_type => ['', 'Single', 'all', undef, 1, [], 'single '],
        to           => [0, -1, 1.5, '7', undef, [], {}, 9007199254740992],
        msg          => ['', ' ', "\x{200B}", "\n\t", 'x' x 4001, undef, 7, [], "a\x{0000}b", "\x{2800}"],
        client_id    => ['', 'x', undef, 7, '0' x 36, substr($good{client_id}, 1), "{$good{client_id}}", $good{client_id} =~ tr/-//dr],
    );
    for my $field (sort keys %bad) {
        refused $alex->post('/api/send', { %good, $field => $_ }), 400, 'malformed', $field, "a bad $field" for @{ $bad{$field} };
        my %without = %good;
        delete $without{$field};
        refused $alex->post('/api/send', \%without), 400, 'malformed', $field, "without $field";
    }
    refused $alex->post('/api/send', { %good, from => $kim->id }), 400, 'malformed', 'from', 'a sender of its own';
    for ([single => $eve->id], [single => 999_999_999], [single => $alex->id]) {
        refused $alex->post('/api/send', { %good, contact_type => $_->[0], to => $_->[1] }), 403, 'not-friends', 'to', "to $_->[1]";
    }
    refused $eve->send(group => $group, msg => 'x'), 403, 'not-a-member', 'to', "to another's group";
    refused $eve->send(group => 999_999_999, msg => 'x'), 403, 'not-a-member', 'to', 'to no group';
    refused $magpie->request(POST => '/api/send', \%good), 401, 'no-session', undef, 'without a session';
    refused $alex->post('/api/send', \%good, csrf => undef), 403, 'csrf', undef, 'without the token';
    refused $alex->get('/api/send'), 405, 'method-not-allowed', undef, 'by GET';
    is history_with($alex, $kim)->json->{rev}, $before, 'nothing of that was stored';
};

subtest 'a text comes back byte for byte' => sub {
    for my $text (
        'x' x 4000, "\x{1F426}" x 4000, "e\x{0301}", "\x{e9}", "\x{1F469}\x{200D}\x{1F469}\x{200D}\x{1F467}", "\x{202E}abc",
        "<script>alert(1)</script>", "'; drop table message; --", '\\x00 \\u0000 %s%n {{7*7}}', "a\r\nb\tc\x{7f}", "\x{FFFE}x",
        "\x{E000}x", "\x{10FFFF}", "a" . "\x{0301}" x 100, '{1,2,"NULL",NULL}', 'NULL', '\\',
      ) {
        my $message = $alex->send(to => $kim, msg => $text);
        is $message->status, 201, 'a text of ' . length $text;
        ok history_with($kim, $alex, limit => 1)->json->{messages}[0]{msg} eq $text, 'is given back as it was';
    }
};

subtest 'history' => sub {
    my $sam = $magpie->user('sam', friends => [$alex]);
    $alex->send(to => $sam, msg => "m$_") for 1 .. 120;
    my $newest = history_with($sam, $alex);
    is_deeply seqs($newest), [71 .. 120], 'fifty, the newest, oldest first';
    ok $newest->json->{more}, 'there are more';
    is $newest->json->{rev}, 120, 'and it is complete up to the last';
    my $older = history_with($sam, $alex, before => 71, limit => 60);
    is_deeply seqs($older), [11 .. 70], 'those before';
    my $oldest = history_with($sam, $alex, before => 11);
    is_deeply [seqs($oldest), !!$oldest->json->{more}], [[1 .. 10], !!0], 'the rest';
    is_deeply seqs(history_with($sam, $alex, before => 1)), [], 'before the first is nothing';
    is_deeply seqs(history_with($sam, $alex, before => 9007199254740991, limit => 1)), [120], 'before the end of time';
    is_deeply seqs(history_with($sam, $alex, limit => 200)), [1 .. 120], 'all at once';

    my $after = history_with($sam, $alex, after_rev => 100, limit => 15);
    is_deeply [seqs($after), $after->json->{rev}, !!$after->json->{more}], [[101 .. 115], 115, !!1], 'what changed since, a page';
    my $end = history_with($sam, $alex, after_rev => 115);
    is_deeply [seqs($end), $end->json->{rev}, !!$end->json->{more}], [[116 .. 120], 120, !!0], 'and the end of it';
    for (120, 121, 9007199254740991) {
        is_deeply seqs(history_with($sam, $alex, after_rev => $_)), [], "nothing after $_";
    }
    is_deeply seqs(history_with($sam, $alex, after_rev => 0, limit => 2)), [1, 2], 'from the beginning';
};

subtest 'what history refuses' => sub {
    my %good = (contact_type => 'single', contact_id => $kim->id);
    my %bad  = (
        limit        => [qw(0 -1 201 1000000000 x 1.0 01 +1 1e2 0x10), '', '%2B1', '9' x 40],
        before       => [qw(0 -1 x 1.0 9007199254740992 18446744073709551617), ''],
        after_rev    => [qw(-1 x 1.0 9007199254740992), ''],
        contact_id   => [qw(0 -1 x 1.0 -0 01 9007199254740992), ''],
        contact_type => ['', 'Single', 'x', 'single%20'],
    );
    for my $field (sort keys %bad) {
        for my $value (@{ $bad{$field} }) {
            refused history($alex, %good, $field => $value), 400, 'malformed', $field, "$field=$value";
        }
        my $twice = join '&', map({ "$_=$good{$_}" } sort keys %good), map { "$field=" . ($good{$field} // 1) } 1, 2;
        refused $alex->get("/api/history?$twice"), 400, 'malformed', $field, "$field twice";
    }
    refused history($alex, contact_type => 'single'), 400, 'malformed', 'contact_id', 'without contact_id';
    refused history($alex, contact_id => 1), 400, 'malformed', 'contact_type', 'without contact_type';
    refused history($alex, %good, before => 2, after_rev => 1), 400, 'malformed', ANY, 'before and after_rev together';
    refused history($alex, %good, magpie => 'x'), 400, 'malformed', ANY, 'an unknown member';
    refused $alex->get('/api/history'), 400, 'malformed', ANY, 'nothing';
    refused $alex->get("/api/history?contact_type=single&contact_id=$_"), 400, 'malformed', ANY, "contact_id=$_"
        for qw(% %1 %zz %00 1%00 %FF %C0%AF);
    refused history($alex, contact_type => 'single', contact_id => $_), 404, 'not-found', 'contact_id', "with $_"
        for $eve->id, $alex->id, 999_999_999;
    refused history($eve, contact_type => 'group', contact_id => $_), 404, 'not-found', 'contact_id', "of group $_"
        for $group, 999_999_999;
    refused $magpie->request(GET => "/api/history?contact_type=group&contact_id=$group"), 401, 'no-session', undef, 'no session';
    my $head = $alex->head("/api/history?contact_type=group&contact_id=$group");
    is_deeply [$head->status, $head->body], [200, ''], 'HEAD is GET without a body';
};

subtest 'reading' => sub {
    my $bob = $magpie->user('bob', friends => [$alex]);
    $alex->send(to => $bob, msg => "m$_") for 1 .. 5;
    my ($one, $two) = ($bob->open_queue, $bob->other_browser->open_queue);
    my $mark = sub {
        my ($seq, %more) = @_;
        return $bob->post('/api/read', { contact_type => 'single', contact_id => $alex->id, seq => $seq, %more });
    };
    my $contact = sub {
        my ($found) = grep { $_->{contact_id} == $alex->id } @{ $bob->post('/api/changes', {})->json->{contacts} };
        return [@$found{qw(read_seq unread)}];
    };
    is_deeply $contact->(), [0, 5], 'five are unread';
    is $mark->(3)->status, 204, 'three are read';
    is_deeply $contact->(), [3, 2], 'two are left';
    for my $tab ($one, $two) {
        my ($event) = grep { $_->{type} eq 'read' } $tab->events(timeout => 5);
        is_deeply [@$event{qw(contact_type contact_id seq unread)}], ['single', $alex->id, 3, 2], 'each of his tabs is told';
    }
    is $mark->(2)->status, 204, 'going back is no error';
    is_deeply $contact->(), [3, 2], 'and does nothing';
    is_deeply [$one->events(timeout => 0)], [], 'nor tells anybody';
    is $mark->(9007199254740991)->status, 204, 'beyond the newest';
    is_deeply $contact->(), [5, 0], 'means the newest';
    $bob->send(to => $alex, msg => 'mine');
    is $contact->()->[1], 0, "one's own is not unread";

    refused $mark->($_), 400, 'malformed', 'seq', 'a bad seq' for 0, -1, 1.5, '1', undef, 9007199254740992;
    refused $mark->(1, contact_id => $_), 400, 'malformed', 'contact_id', 'a bad id' for 0, 'x', undef;
    refused $mark->(1, contact_type => $_), 400, 'malformed', 'contact_type', 'a bad type' for 'x', undef, 1;
    refused $mark->(1, all => \1), 400, 'malformed', 'all', 'a member too many';
    refused $mark->(1, contact_id => $_), 404, 'not-found', 'contact_id', "of $_" for $eve->id, $bob->id, 999_999_999;
    refused $mark->(1, contact_type => 'group', contact_id => $group), 404, 'not-found', 'contact_id', "another's group";
    refused $magpie->request(POST => '/api/read', {}), 401, 'no-session', undef, 'without a session';
    refused $bob->post('/api/read', {}, csrf => undef), 403, 'csrf', undef, 'without the token';
    refused $bob->get('/api/read'), 405, 'method-not-allowed', undef, 'by GET';
};

done_testing;
