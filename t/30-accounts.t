#!/usr/bin/perl
# Accounts: register, login, logout, who am I; what a session, an Origin and a CSRF token are good for.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

sub ask { return $magpie->request(@_) }

# The cookies that an answer sets: name → value, and name → the rest of the line.
sub cookies {
    my ($answer) = @_;
    my (%value, %rest);
    for ($answer->header('Set-Cookie')) {
        my ($name, $value, $rest) = /^([^=]+)=([^;]*)(.*)$/ or next;
        ($value{$name}, $rest{$name}) = ($value, $rest);
    }
    return (\%value, \%rest);
}

sub login {
    my ($username, $password, %opt) = @_;
    return ask(POST => '/api/login', { username => $username, password => $password }, %opt);
}

my %alex = (username => 'alex.1', password => 'correct horse', name => 'Alex Größe');

subtest 'register' => sub {
    my $answer = ask(POST => '/api/register', \%alex);
    is $answer->status, 201, 'registered';
    my ($value, $rest) = cookies($answer);
    my $user = $answer->json->{user};
    is_deeply $user, { id => $user->{id}, username => 'alex.1', name => 'Alex Größe' }, 'and told who';
    like $user->{id}, qr/^[1-9]\d*$/, 'with an id';
    is $answer->json->{csrf_token}, $value->{csrftoken}, 'the CSRF token is the cookie';
    like $rest->{magpie}, qr/; HttpOnly\b/, 'the session is not for scripts';
    unlike $rest->{csrftoken}, qr/HttpOnly/i, 'the token is';
    for my $name (qw(magpie csrftoken)) {
        like $rest->{$name}, qr/; SameSite=Lax\b/, "$name: SameSite";
        like $rest->{$name}, qr{; Path=/(;|$)}, "$name: for the whole site";
        unlike $rest->{$name}, qr/; (Secure|Domain)/i, "$name: as for plain HTTP";
    }
    is $answer->header('cache-control'), 'no-store', 'kept by nobody';
    my $me = ask(GET => '/api/me', undef, cookies => "magpie=$value->{magpie}");
    is_deeply $me->json, { user => { %$user, status => '', avatar => undef } }, 'and logged in';
};

subtest 'what register refuses' => sub {
    refused(ask(POST => '/api/register', \%alex), 409, 'username-taken', 'username', 'a name that is taken');
    my @bad = (
        [username => 'ab'], [username => 'a' x 33], [username => 'Alex'], [username => 'a b c'],
        [username => "al\x{e9}x"], [username => 7], [username => undef], [username => ''],
        [password => '1234567'], [password => 'x' x 257], [password => "\x{e9}" x 129], [password => 12345678],
        [name => ''], [name => 'x' x 33], [name => ' x'], [name => "a\x{202e}b"], [name => "\x{200b}"], [name => []],
    );
    for (@bad) {
        my ($field, $value) = @$_;
        my $shown = defined $value ? length $value . " of '" . substr($value, 0, 8) =~ s/[^ -~]/?/gr . "'" : 'null';
        refused(ask(POST => '/api/register', { %alex, username => 'other', $field => $value }),
            400, 'malformed', $field, "$field: $shown");
    }
    for my $field (sort keys %alex) {
        my %without = %alex;
        delete $without{$field};
        refused(ask(POST => '/api/register', \%without), 400, 'malformed', $field, "without $field");
    }
    refused(ask(POST => '/api/register', { %alex, admin => 1 }), 400, 'malformed', 'admin', 'a member too many');
    is login('other', $alex{password})->status, 401, 'none of them made an account';
};

subtest 'one name, many at once' => sub {
    my @answers = $magpie->parallel(map {
        [POST => '/api/register', { username => 'wanted', password => "password $_", name => 'Me' }]
    } 1 .. 10);
    my @statuses = sort map { $_->status } @answers;
    is_deeply \@statuses, [201, (409) x 9], 'one gets it';
};

subtest 'login' => sub {
    my $answer = login('alex.1', $alex{password});
    is $answer->status, 200, 'logged in';
    my ($value) = cookies($answer);
    is $answer->json->{user}{username}, 'alex.1', 'as oneself';
    is $answer->json->{csrf_token}, $value->{csrftoken}, 'with a token';

    my $second = login('alex.1', $alex{password}, cookies => "magpie=$value->{magpie}");
    my ($renewed) = cookies($second);
    isnt $renewed->{magpie}, $value->{magpie}, 'a login makes a new session';
    is ask(GET => '/api/me', undef, cookies => "magpie=$renewed->{magpie}")->status, 200, 'which is good';
    refused(ask(GET => '/api/me', undef, cookies => "magpie=$value->{magpie}"), 401, 'no-session', undef,
        'and ends the one it was sent with');

    my $preset = '0' x 64;
    my ($fixed) = cookies(login('alex.1', $alex{password}, cookies => "magpie=$preset"));
    isnt $fixed->{magpie}, $preset, 'a session that somebody chose is not taken over';
};

subtest 'a wrong login' => sub {
    my $wrong   = login('alex.1', 'wrong horse');
    my $unknown = login('nobody.here', 'wrong horse');
    refused($wrong, 401, 'bad-credentials', undef, 'a wrong password');
    is $unknown->body, $wrong->body, 'an unknown user is told the same';
    is $unknown->status, $wrong->status, 'with the same status';
    is_deeply [$wrong->header('Set-Cookie')], [], 'and no cookie';
    is login('alex.1', 'x')->status, 401, 'a password that is too short to be one';
    refused(login('alex.1', ''), 400, 'malformed', 'password', 'none at all');
    refused(login('alex.1', 'x' x 257), 400, 'malformed', 'password', 'too long a one');
    refused(login('ALEX', 'x' x 8), 400, 'malformed', 'username', 'no user name');

    my %took;
    for (1 .. 9) {
        for my $who ('alex.1', 'nobody.here') {
            my $begin = time;
            login($who, 'wrong horse');
            push @{ $took{$who} }, time - $begin;
        }
    }
    my ($known, $nobody) = map { (sort { $a <=> $b } @{ $took{$_} })[4] } 'alex.1', 'nobody.here';
    my $ratio = $known / $nobody;
    ok $ratio > 0.5 && $ratio < 2, sprintf 'after the same time (%.1f and %.1f ms)', 1000 * $known, 1000 * $nobody;
};

subtest 'logout' => sub {
    my ($value) = cookies(login('alex.1', $alex{password}));
    my %with = (cookies => "magpie=$value->{magpie}", csrf => $value->{csrftoken});
    refused(ask(POST => '/api/logout', undef, cookies => "magpie=$value->{magpie}"), 403, 'csrf', undef, 'not without the token');
    refused(ask(POST => '/api/logout', { all => 1 }, %with), 400, 'malformed', 'all', 'nor with a member');
    my $answer = ask(POST => '/api/logout', {}, %with);
    is $answer->status, 204, 'logged out';
    is $answer->body, '', 'without a word';
    my ($cleared, $rest) = cookies($answer);
    is $cleared->{magpie}, '', 'the cookie is empty';
    like $rest->{magpie}, qr/Max-Age=0/i, 'and gone';
    for (1 .. 4) {                                      # both workers, and their cache
        refused(ask(GET => '/api/me', undef, cookies => "magpie=$value->{magpie}"), 401, 'no-session', undef, 'the session is over');
    }
    is ask(POST => '/api/logout', undef, %with)->status, 401, 'twice is not logged in';
};

subtest 'the sessions that are none' => sub {
    my ($value) = cookies(login('alex.1', $alex{password}));
    my $good    = $value->{magpie};
    my $flipped = $good =~ s/(.)$/$1 eq '0' ? '1' : '0'/er;
    my %bad     = (
        'no cookie'           => undef,
        'an empty one'        => 'magpie=',
        'a short one'         => 'magpie=' . substr($good, 1),
        'a long one'          => "magpie=${good}0",
        'one bit off'         => "magpie=$flipped",
        'unknown'             => 'magpie=' . '0123456789abcdef' x 4,
        'upper case'          => 'magpie=' . uc $good,
        'quoted'              => qq(magpie="$good"),
        'with %00'            => "magpie=$good%00",
        'a glob'              => 'magpie=*',
        'with SQL'            => "magpie=' or true --",
        'good, then bad'      => "magpie=$good; magpie=$flipped",
        'bad, then good'      => "magpie=$flipped; magpie=$good",
        'the name for TLS'    => "__Host-magpie=$good",
        'the other cookie'    => "csrftoken=$good",
        'in the query'        => undef,
    );
    for my $what (sort keys %bad) {
        my $query = $what eq 'in the query' ? "?magpie=$good" : '';
        refused(ask(GET => "/api/me$query", undef, defined $bad{$what} ? (cookies => $bad{$what}) : ()),
            401, 'no-session', undef, $what);
    }
    my ($expired) = cookies(login('alex.1', $alex{password}));
    $magpie->psql("update magpie.session set expires_at = now() where id = (select max(id) from magpie.session)");
    refused(ask(GET => '/api/me', undef, cookies => "magpie=$expired->{magpie}"), 401, 'no-session', undef, 'expired');
    is ask(GET => '/api/me', undef, cookies => "a=1; magpie=$good; b=2")->status, 200, 'among others it is good';
    is ask(GET => '/api/me', undef, cookies => join '; ', "magpie=$good", map { "c$_=x" } 1 .. 49)->status, 200, 'among 49 too';
    is ask(GET => '/api/me', undef, cookies => "magpie=$good", headers => [ 'X-HTTP-Method-Override' => 'DELETE' ])->status, 200,
        'a method that overrides is ignored';
};

subtest 'the CSRF tokens that are none' => sub {
    my ($one)   = cookies(login('alex.1', $alex{password}));
    my ($two)   = cookies(login('alex.1', $alex{password}));
    my ($other) = cookies(ask(POST => '/api/register', { %alex, username => 'somebody.else' }));
    my $asks    = sub {
        my ($token, $path) = @_;
        return ask(POST => $path // '/api/friend-requests', { username => 'nobody.here' }, csrf => $token,
            cookies => "magpie=$one->{magpie}; csrftoken=$one->{csrftoken}");
    };
    is $asks->($one->{csrftoken})->status, 404, 'with the right one the question is asked';
    refused($asks->(undef), 403, 'csrf', undef, 'none');
    refused($asks->(''), 403, 'csrf', undef, 'empty');
    refused($asks->(substr $one->{csrftoken}, 1), 403, 'csrf', undef, 'short');
    refused($asks->($two->{csrftoken}), 403, 'csrf', undef, "another session's of the same user");
    refused($asks->($other->{csrftoken}), 403, 'csrf', undef, "another user's");
    refused($asks->(undef, "/api/friend-requests?csrftoken=$one->{csrftoken}"), 403, 'csrf', undef, 'in the query');
    refused(ask(POST => '/api/friend-requests', { username => 'nobody.here' }), 401, 'no-session', undef,
        '401 comes before 403');
};

subtest 'where a login may come from' => sub {
    my $host   = '127.0.0.1:' . $magpie->port;
    my $origin = "http://$host";
    my %status = (
        $origin                 => 200,
        'null'                  => 403,
        'http://evil.example'   => 403,
        "https://$host"         => 403,
        "http://sub.$host"      => 403,
        "http://evil-$host"     => 403,
        "$origin.evil.example"  => 403,
        "http://${host}0"       => 403,
        'http://' . $host =~ s/:\d+$//r => 403,
    );
    for my $given (sort keys %status) {
        my $answer = login('alex.1', $alex{password}, headers => [ Origin => $given ]);
        is $answer->status, $status{$given}, "Origin: $given";
        is $answer->json->{type}, 'urn:magpie:problem:origin', 'which it says' if $status{$given} == 403;
    }
    my %site = ('same-origin' => 200, none => 200, 'same-site' => 403, 'cross-site' => 403);
    for my $given (sort keys %site) {
        is login('alex.1', $alex{password}, headers => [ 'Sec-Fetch-Site' => $given ])->status, $site{$given},
            "no Origin, Sec-Fetch-Site: $given";
    }
    my $foreign = ask(POST => '/api/register', { %alex, username => 'from.afar' },
        headers => [ Origin => 'http://evil.example' ]);
    is $foreign->status, 403, 'register asks the same';
    is login('from.afar', $alex{password})->status, 401, 'and made nothing';
};

subtest 'what is not JSON, and what is not POST' => sub {
    for my $type ('application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', '') {
        my $answer = ask(POST => '/api/login', '{"username":"alex.1","password":"correct horse"}', type => $type);
        refused($answer, 415, 'media-type', undef, "as '$type'");
    }
    is ask(POST => '/api/login', '{"username":"alex.1","password":"correct horse"}',
        type => 'application/json; charset=utf-8')->status, 200, 'with a charset it is JSON';
    for my $path (qw(register login logout)) {
        my $answer = ask(GET => "/api/$path");
        refused($answer, 405, 'method-not-allowed', undef, "GET /api/$path");
        is $answer->header('allow'), 'POST', 'Allow says how';
    }
    is ask(DELETE => '/api/me')->header('allow'), 'GET, HEAD, PATCH', 'DELETE /api/me';
    is ask(HEAD => '/api/me')->status, 401, 'HEAD is asked as GET';
};

# A proxy before nginx that ends TLS: nginx was asked over plain HTTP, the browser over HTTPS.
subtest 'a site whose origins are all https' => sub {
    my @ours    = ('https://chat.example.org', 'https://chat.example.org:8443');
    my $proxied = Magpie->start(workers => 1, set => 'site.origin=' . join ',', @ours);
    my $asks    = sub {
        my ($call, $origin, %opt) = @_;
        return $proxied->request(POST => "/api/$call", \%alex, headers => [ defined $origin ? (Origin => $origin) : () ], %opt);
    };
    my ($value, $rest) = cookies($asks->('register', $ours[0]));
    is_deeply [sort keys %$value], ['__Host-csrftoken', '__Host-magpie'], 'the cookies are those of TLS';
    like $rest->{$_}, qr/; Secure$/, "$_: for TLS alone" for sort keys %$rest;
    my $me = sub { return $proxied->request(GET => '/api/me', undef, cookies => "$_[0]=$value->{'__Host-magpie'}") };
    is $me->('__Host-magpie')->status, 200, 'the session is good';
    refused($me->('magpie'), 401, 'no-session', undef, 'not under the other name');
    my %login = (username => $alex{username}, password => $alex{password});
    my $login = sub { return $proxied->request(POST => '/api/login', \%login, headers => [ Origin => $_[0] ]) };
    is $login->($_)->status, 200, "login from $_" for @ours;
    refused($login->($_), 403, 'origin', undef, "login from $_")
        for 'null', 'https://evil.example', 'http://chat.example.org', 'https://chat.example.org.evil.example', 'https://chat.example.or',
        'http://127.0.0.1:' . $proxied->port, join ',', @ours;
    my ($cleared, $how) = cookies($proxied->request(POST => '/api/logout', undef, csrf => $value->{'__Host-csrftoken'},
        cookies => "__Host-magpie=$value->{'__Host-magpie'}", headers => [ Origin => $ours[1] ]));
    is_deeply $cleared, { '__Host-magpie' => '', '__Host-csrftoken' => '' }, 'logged out, the same cookies go';
    like $how->{'__Host-magpie'}, qr/; Secure$/, 'as browsers ask for with that name';
};

subtest 'a site of which one origin is plain' => sub {
    my $mixed = Magpie->start(workers => 1, set => 'site.origin=https://chat.example.org,http://chat.lan');
    my ($value) = cookies($mixed->request(POST => '/api/register', \%alex, headers => [ Origin => 'http://chat.lan' ]));
    is_deeply [sort keys %$value], ['csrftoken', 'magpie'], 'has the cookies that go everywhere';
};

done_testing;
