#!/usr/bin/perl
# A worker's socket, talked to directly: what nginx sends in odd pieces, and what it never would
# (the cases F of the list of hostile input). Nothing of it harms the worker or anybody else.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(time);
use FastCgi;
use Magpie;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');
my $dan    = $magpie->user('dan', friends => [$eve]);
my @pids   = $magpie->worker_pids;
my $watch  = FastCgi->new($magpie);                        # a good connection beside all the others

sub gauge {
    my ($name) = @_;
    my ($value) = $watch->ask(GET => '/metrics')->{body} =~ /^magpie_$name\{worker="\d+"\} (\d+)$/m;
    return $value;
}

# nginx keeps some of its connections, so the number is only compared where nginx is not asked.
sub at_rest { return gauge('parked_polls') == 0 && gauge('requests_active') == 1 }

my $sent = 0;

# The worker lives, holds nothing, and others are served.
sub unharmed {
    my ($what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $started = time;
    my $reply   = $watch->ask(POST => '/api/send', user => $alex,
        body => { contact_type => 'single', to => $kim->id, msg => 'message ' . ++$sent, client_id => Magpie->uuid });
    my @wrong;
    push @wrong, 'another user cannot send: ' . ($reply ? $reply->{status} : 'no answer') if !$reply || $reply->{status} != 201;
    push @wrong, 'that took ' . (time - $started) . ' s' if time - $started > 2;
    push @wrong, 'the worker is another' if "@pids" ne join ' ', $magpie->worker_pids;
    push @wrong, 'it does not come to rest' if !wait_until { at_rest() } 5;
    return is_deeply \@wrong, [], "$what: nobody is harmed";
}

# These take time, and so go on beside the others: a request that never becomes whole.
my $silent      = FastCgi->new($magpie);                   # F17
my $slow_body   = FastCgi->new($magpie);
my $silent_from = time;
$silent->write(begin_record() . record(PARAMS, '', length => 65_535));
$slow_body->write(substr request(POST => '/api/send', user => $alex, body => 'x' x 1000), 0, -500);

subtest 'requests in pieces' => sub {
    my $c = FastCgi->new($magpie);
    my @bytes = split //, request(GET => '/api/me', user => $alex, id => 300);
    $c->write($_) for @bytes;
    my $reply = $c->reply;
    is $reply->{status}, 200, 'byte by byte';
    is $reply->{json}{user}{username}, 'alex', '... it is understood';
    is_deeply [@$reply{qw(id version end)}], [300, 1, 0], '... and answered under its number';

    for ([ 1, 0 ], [ 7, 255 ], [ 4096, 3 ]) {
        my ($part, $padding) = @$_;
        $reply = $c->ask(GET => '/api/me', user => $alex, part => $part, padding => $padding);
        is $reply->{status}, 200, "records of $part, with padding of $padding (F16)";
    }
    my $body = '{"have":[]' . ' ' x (65_536 - 11) . '}';
    $reply = $c->ask(POST => '/api/changes', user => $alex, body => $body, part => 97, padding => 5);
    is $reply->{status}, 200, 'a body of 64 KiB in many records';
    $reply = $c->ask(POST => '/api/changes', user => $alex, body => $body, part => 65_535);
    is $reply->{status}, 200, 'and in two';
    ok !$c->closed(0), 'all on one connection';
    $reply = $c->ask(POST => '/api/changes', user => $alex, body => "$body ");
    is_deeply [@$reply{qw(status problem)}], [413, 'too-large'], 'a byte more is too large';
    ok $c->closed, 'and ends the connection';
    unharmed('pieces');
};

subtest 'a connection that is kept, and one that is not' => sub {
    my $c = FastCgi->new($magpie);
    for my $id (1, 65_535, 2, 2) {
        my $reply = $c->ask(GET => '/api/me', user => $id == 2 ? $kim : $alex, id => $id);
        is_deeply [@$reply{qw(status id)}], [200, $id], "request $id";
        is $reply->{json}{user}{id}, ($id == 2 ? $kim : $alex)->id, '... has its own answer';
    }
    is $c->ask(POST => '/api/nothing')->{status}, 404, 'an error';
    is $c->ask(HEAD => '/api/me', user => $alex)->{body}, '', 'a HEAD';
    is $c->ask(GET => '/api/me', user => $alex)->{status}, 200, 'and once more';
    ok !$c->closed(0), 'the connection lives on';
    is $c->left, '', 'and nothing is left over';

    my $once = FastCgi->new($magpie);
    is $once->ask(GET => '/api/me', user => $alex, keep => 0)->{status}, 200, 'without the flag';
    ok $once->closed, 'it is closed behind the answer';
    is length $once->left, 8, 'and a record more tells nginx not to keep it, should the answer come first';
};

my $me = sub { request(GET => '/api/me', user => $alex, @_) };
my $get = pair(REQUEST_METHOD => 'GET') . pair(DOCUMENT_URI => '/api/me');
my $params = sub { request(GET => '/', raw_params => $_[0]) };
my $values = sub { record(GET_VALUES, join('', map { pair("FCGI_VALUE_$_", '') } 1 .. $_[0]), id => 0) };
my $send = sub {
    my %params = @_;
    return request(POST => '/api/send', user => $alex, params => \%params,
        body => { contact_type => 'single', to => $kim->id, msg => 'x', client_id => Magpie->uuid });
};
srand 42;

# Each: what it is, its bytes, and what comes of it: a status, behind which the connection is kept
# (200) or not, `closed` (without a word), `refused` (END_REQUEST, unknown role, closed), `any`.
my @cases = (
    [ 'F01: lengths of 7fffffff', $params->("$get\xff\xff\xff\xff\xff\xff\xff\xffA"), 400 ],
    [ 'F02: lengths whose sum wraps', $params->("$get\xff\xff\xff\xff\x80\0\0\2AB"), 400 ],
    [ 'F03: 2 GB in 100 bytes', $params->("$get\1\xff\xff\xff\xfe" . 'A' x 100), 400 ],
    [ 'F04: GET_VALUES of one', $values->(1), 'closed' ],
    [ 'F05: of three', $values->(3), 'closed' ],
    [ 'F06: of forty', $values->(40), 'closed' ],
    [ 'F06: of forty, within a request', begin_record() . $values->(40), 'closed' ],
    [ 'F07: a name with NUL', $params->($get . pair("A\0B", 'x')), 400 ],
    [ 'a value with NUL', $params->($get . pair(HTTP_COOKIE => "magpie=\0")), 400 ],
    [ 'F08: version 9', record(BEGIN_REQUEST, "\0\1\0\0\0\0\0\0", version => 9), 'closed' ],
    [ 'F09: role 77', begin_record(role => 77), 'refused' ],
    [ 'F09: role 77 and the rest', begin_record(role => 77) . substr($me->(), 16), 'refused' ],
    [ 'F10: a short BEGIN', record(BEGIN_REQUEST, "\0\1\0"), 'closed' ],
    [ 'F11: a foreign id', begin_record() . record(PARAMS, $get, id => 2), 'closed' ],
    [ 'F11: an abort of a foreign id', begin_record() . record(ABORT, '', id => 9), 'closed' ],
    [ 'F12: ABORT within the parameters', begin_record() . record(PARAMS, $get) . record(ABORT, ''), 'closed' ],
    [ 'ABORT behind a request', $me->() . record(ABORT, ''), 'closed' ],
    [ 'F14: two BEGIN', begin_record() . begin_record(), 'closed' ],
    [ 'F14: a second request behind the first', $me->() . $me->(id => 2), 'closed' ],
    [ 'F15: STDIN before PARAMS', begin_record() . record(STDIN_, '{}'), 'closed' ],
    [ 'F16: padding of 255', $me->(padding => 255), 200 ],
    [ (map { [ "F18: 64 random bytes, $_", join('', map { chr int rand 256 } 1 .. 64), 'any' ] } 1 .. 20) ],
    [ 'F19: 1,000 parameters', $me->(params => { map { ("HTTP_A$_" => $_) } 11 .. 1000 }), 200 ],
    [ 'F19: 1,001 and more', $me->(params => { map { ("HTTP_A$_" => $_) } 1 .. 1001 }), 400 ],
    [ 'F20: a name with =', $params->($get . pair('A=x', '')), 400 ],
    [ 'an empty name', $params->($get . pair('', 'x')), 400 ],
    [ 'F21: REQUEST_METHOD twice', $params->($get . pair(REQUEST_METHOD => 'POST')), 400 ],
    [ 'two cookies', request(GET => '/api/me', raw_params => $get . pair(HTTP_COOKIE => $alex->cookie_header) x 2), 400 ],
    [ 'F22: CONTENT_LENGTH is too short', $send->(CONTENT_LENGTH => 3), 400 ],
    [ 'F22: too long', $send->(CONTENT_LENGTH => 3000), 400 ],
    [ 'F22: absent', $send->(CONTENT_LENGTH => undef), 400 ],
    [ 'F22: abc', $send->(CONTENT_LENGTH => 'abc'), 400 ],
    [ 'F22: negative', $send->(CONTENT_LENGTH => -1), 400 ],
    [ 'F22: 2^64 and what there is', $send->(CONTENT_LENGTH => '18446744073709551617'), 400 ],
    [ 'no parameters at all', $params->(''), 404 ],
    [ 'no method', $params->(pair(DOCUMENT_URI => '/api/me')), 405 ],
    [ 'an unknown record', begin_record() . record(77, 'x'), 'closed' ],
    [ 'HTTP', "GET /api/me HTTP/1.1\r\nHost: localhost\r\n\r\n", 'closed' ],
    [ 'parameters of 97 KiB', begin_record() . record(PARAMS, pair(HTTP_A => 'x' x 50_000)) x 2, 'closed' ],
    [ 'a body without an end', begin_record() . record(PARAMS, '') . record(STDIN_, 'x' x 60_000) x 2, 413 ],
);

for my $case (map { ref $_->[0] ? @$_ : $_ } @cases) {
    my ($what, $bytes, $expected) = @$case;
    subtest $what => sub {
        my $c = FastCgi->new($magpie);
        $c->write($bytes);
        if ($expected eq 'closed') {
            ok $c->closed, 'the connection is closed';
            is $c->left, '', 'without a word';
        }
        elsif ($expected eq 'refused') {
            my $reply = $c->reply;
            is_deeply [@$reply{qw(status end)}], [undef, 3], 'the role is refused';
            ok $c->closed, 'and the connection closed';
        }
        elsif ($expected ne 'any') {
            my $reply = $c->reply // {};
            is $reply->{status}, $expected, "it is answered $expected";
            is $reply->{headers}{'content-type'}, 'application/problem+json', 'as a problem' if $expected >= 400;
            is $c->ask(GET => '/api/me', user => $kim)->{status}, 200, 'and the connection is good' if $expected == 200;
        }
        $c->close;
        unharmed($what);
    };
}

subtest 'a poll that is held' => sub {
    my $tab = $eve->open_queue;
    my %held = (user => $eve, seconds => 0);
    for my $end ('ABORT (F13)', 'a hang-up', 'another request', 'a piece of a request') {
        my $c = FastCgi->new($magpie);
        $c->ask(GET => $tab->path(timeout => 50), %held);
        ok wait_until { gauge('parked_polls') == 1 } 5;
        $c->write(record(ABORT, ''))       if $end =~ /ABORT/;
        $c->close                          if $end eq 'a hang-up';
        $c->write($me->(id => 2))          if $end eq 'another request';
        $c->write(begin_record(id => 3))   if $end eq 'a piece of a request';
        ok wait_until { gauge('parked_polls') == 0 } 2 or diag 'it is held on';
        ok $c->closed, "$end ends it, and the connection" if $end ne 'a hang-up';
        $c->close;
        unharmed($end);
    }
    my $hangups = gauge('hangups_total');
    my @polls = map { my $c = FastCgi->new($magpie); $c->ask(GET => $_->path(timeout => 50), %held); $c }
        map { $eve->open_queue } 1 .. 20;
    ok wait_until { gauge('parked_polls') == 20 } 5 or diag gauge('parked_polls');
    $_->close for @polls;
    ok wait_until { gauge('parked_polls') == 0 } 2;
    is gauge('hangups_total'), $hangups + 20, 'all who leave are noticed';

    my $c = FastCgi->new($magpie);
    $c->ask(GET => $tab->path(timeout => 50), %held);
    ok wait_until { gauge('parked_polls') == 1 } 5;
    is $watch->ask(POST => '/api/send', user => $dan,
        body => { contact_type => 'single', to => $eve->id, msg => 'wake up', client_id => Magpie->uuid })->{status}, 201, 'sent';
    my $reply = $c->reply;
    is $reply->{json}{events}[-1]{message}{msg}, 'wake up', 'and the one who stays gets it';
    is $c->ask(GET => '/api/me', user => $eve)->{status}, 200, 'on a connection that goes on';
};

subtest 'who leaves in the middle of a send' => sub {
    my %body = (contact_type => 'single', to => $kim->id, msg => 'gone already', client_id => Magpie->uuid);
    my $c = FastCgi->new($magpie);
    $c->write(request(POST => '/api/send', user => $alex, body => \%body));
    $c->close;
    unharmed('he is gone');
    my $again = $watch->ask(POST => '/api/send', user => $alex, body => \%body);
    like $again->{status}, qr/^20[01]$/, 'his retry is good';
    is $magpie->psql("select count(*) from magpie.message where msg = 'gone already'"), 1, 'and there is one message';
};

# A history of 200 messages of 4,000 three-byte characters.
sub fill_history {
    my $to = $kim->id;
    my $from = $alex->id;
    $magpie->psql("select count(*) from generate_series(1, 4) s, lateral magpie.send_messages(array_fill($from\::int8, array[50]),
        array_fill('single'::text, array[50]), array_fill($to\::int8, array[50]), array_fill(repeat('\x{e2}\x{82}\x{ac}', 4000), array[50]),
        array(select gen_random_uuid() from generate_series(1, 50) where s > 0))");
    return "/api/history?contact_type=single&contact_id=$to&limit=200";
}

subtest 'a slow reader of a large answer (D05)' => sub {
    my $path = fill_history();
    my $slow = FastCgi->new($magpie);
    my $gone = FastCgi->new($magpie);
    my $rude = FastCgi->new($magpie);
    my @all  = ($slow, $gone, $rude);
    $_->write(request(GET => $path, user => $alex)) for @all;
    ok wait_until { gauge('fastcgi_connections') >= 4 && gauge('requests_active') == 1 } 5;
    unharmed('while he does not read');
    $gone->close;
    $rude->write($me->(id => 2));                          # before the answer was taken
    my $taken = 0;
    ok wait_until { $taken++; sysread $slow->{socket}, $slow->{in}, 10_000, length $slow->{in}; length $slow->{in} > 100_000 } 5;
    unharmed('while he reads a little');
    my $reply = $slow->reply(10);
    is $reply->{status}, 200, 'then he reads all';
    cmp_ok length $reply->{body}, '>', 2_400_000, 'it is long';
    is scalar $reply->{json}{messages}->@*, 200, 'and whole';
    is $slow->ask(GET => '/api/me', user => $alex)->{status}, 200, 'his connection goes on';
    ok $rude->closed(5), 'whoever asks again before that is cut off';
    unharmed('in the end');
};

subtest 'whoever goes silent is not waited for (F17, D04)' => sub {
    ok $_->closed($silent_from + 20 - time), 'closed' for $silent, $slow_body;
    cmp_ok time - $silent_from, '>', 8, 'after the time that it had' if time - $silent_from < 15;
    is $_->left, '', 'without a word' for $silent, $slow_body;
    unharmed('silence');
};

subtest 'many connections that say nothing' => sub {
    my $before = gauge('fastcgi_connections');
    my @idle = map { FastCgi->new($magpie) } 1 .. 300;
    ok wait_until { gauge('fastcgi_connections') == $before + 300 } 5;
    unharmed('with them');
    $_->close for @idle;
    ok wait_until(sub { gauge('fastcgi_connections') == $before }, 5), 'all are forgotten';
};

is scalar(grep { /Assertion|ERROR/ } $magpie->log_lines('worker-1')), 0, 'the log has no complaint';
done_testing;
