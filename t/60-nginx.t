#!/usr/bin/perl
# nginx: what it refuses by itself, in the form of all other errors; the headers; the files.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;
use Magpie;

my $magpie = Magpie->start(workers => 2);
my $host   = '127.0.0.1:' . $magpie->port;
my $alex   = $magpie->user('alex');
my $before = join ' ', $magpie->worker_pids;

# Sends bytes; the last answer's status, headers and body.
sub answer {
    my ($bytes) = @_;
    return parsed($magpie->raw($bytes, 3));
}

sub parsed {
    my ($raw) = @_;
    my ($head, $body) = split /\r?\n\r?\n/, $raw, 2;
    my ($status) = ($head // '') =~ m{^HTTP/(?:1\.[01]|2) (\d+)};
    return { status => $status // 0, head => $head // '', body => $body // '' };
}

sub is_problem {
    my ($answer, $expected, $what) = @_;
    my %expected = map { $_ => 1 } split /,/, $expected;
    subtest $what => sub {
        ok $expected{ $answer->{status} }, "is $expected" or diag "it is $answer->{status}: $answer->{head}";
        # Of a 416 nginx knows the file's charset already.
        my $charset = $answer->{status} == 416 ? '(?:; charset=utf-8)?' : '';
        like $answer->{head}, qr{^Content-Type: application/problem\+json$charset\r?$}mi, 'a problem' or diag $answer->{body};
        my $problem = eval { decode_json($answer->{body} =~ s/^[0-9a-f]+\r\n(.*)\r\n0\r\n\r\n$/$1/sr) } // {};
        is $problem->{status}, $answer->{status}, 'that names its status';
        like $problem->{type} // '', qr/^urn:magpie:problem:[a-z-]+$/, 'its type';
        ok length($problem->{title} // ''), 'and its title';
        like $answer->{head}, qr/^Cache-Control: no-store/mi,                'not to be kept';
        like $answer->{head}, qr/^X-Content-Type-Options: nosniff/mi,        'with the common headers';
        like $answer->{head}, qr/^Retry-After: \d+/mi, 'when to come back' if $answer->{status} =~ /^(?:429|502|503|504)$/;
        like $answer->{head}, qr/^Allow: /mi,         'what is allowed'   if $answer->{status} == 405;
    };
    return;
}

my $send = '{"contact_type":"single","to":1,"msg":"x","client_id":"x"}';
my $post = "POST /api/send HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nContent-Type: application/json\r\n";
my $get  = "GET /api/me HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n";

# Each: what, the expected status, the bytes.
my @cases = (
    [ 'CL and TE',              400,   "${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" ],
    [ 'two CL',                 400,   "${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" ],
    [ 'CL negative',            400,   "${post}Content-Length: -1\r\n\r\n" ],
    [ 'CL +1',                  400,   "${post}Content-Length: +1\r\n\r\nx" ],
    [ 'CL 2^63',                '400,413', "${post}Content-Length: 9223372036854775808\r\n\r\n" ],
    [ 'TE xchunked',            501,   "${post}Transfer-Encoding: xchunked\r\n\r\n" ],
    [ 'chunk of 2^64',          400,   "${post}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" ],
    [ 'chunk too large',        413,   "${post}Transfer-Encoding: chunked\r\n\r\n10001\r\n" . 'x' x 65_537 ],
    [ 'space before colon',     400,   "${get}X-Thing : 1\r\n\r\n" ],
    [ 'folded header',          400,   "${get}X-Thing: 1\r\n 2\r\n\r\n" ],
    [ 'NUL in a header',        400,   "${get}X-Thing: 1\0002\r\n\r\n" ],
    [ 'no Host',                400,   "GET / HTTP/1.1\r\nConnection: close\r\n\r\n" ],
    [ 'two Hosts',              400,   "GET / HTTP/1.1\r\nHost: $host\r\nHost: evil.example\r\nConnection: close\r\n\r\n" ],
    [ 'a foreign Host',         404,   "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n" ],
    [ 'a foreign Host, /api/',  404,   "GET /api/me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n" ],
    [ 'a foreign absolute URI', 400,   "GET http://evil.example/ HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'HTTP/2.0',               505,   "GET / HTTP/2.0\r\nHost: $host\r\n\r\n" ],
    [ 'method in lower case',   400,   "get / HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'TRACE',                  405,   "TRACE / HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'TRACE /api/me',          405,   "TRACE /api/me HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'FOO',                    405,   "FOO / HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'FOO /api/me',            405,   "FOO /api/me HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'POST /',                 405,   "POST / HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" ],
    [ 'OPTIONS /api/me',        405,   "OPTIONS /api/me HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'a header of 9 KB',       400,   $get . 'X-Thing: ' . 'x' x 9216 . "\r\n\r\n" ],
    [ 'a URI of 9 KB',          414,   'GET /' . 'x' x 9216 . " HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'a body of 64 KiB + 1',   413,   "${post}Content-Length: 65537\r\n\r\n" . 'x' x 65_537 ],
    [ 'a file that is not',     404,   "GET /nothing.js HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'what is no route',       404,   "GET /api HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'up and out',             400,   "GET /../../etc/passwd HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'up and out, escaped',    '400,404', "GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'a NUL in the path',      '400,404', "GET /index.html%00.png HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'a hidden file',          404,   "GET /.git/config HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
    [ 'the error page itself',  404,   "GET /.problem HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n" ],
);
for my $case (@cases) {
    my ($what, $status, $bytes) = @$case;
    is_problem(answer($bytes), $status, $what);
}

subtest 'sizes that are good' => sub {
    my $reply = $alex->request(POST => '/api/send', 'x' x 65_536);
    is $reply->status, 400, 'a body of 64 KiB reaches the worker';
    isnt $alex->get('/api/history?' . 'x' x 7000)->status, 414, 'so does a URI of 7 KB';
    is $alex->get('/api/me', headers => [ 'X-Thing' => 'x' x 7000 ])->status, 200, 'and a header of 7 KB';
};

subtest 'two requests on one connection' => sub {
    my $raw = $magpie->raw("GET /api/me HTTP/1.1\r\nHost: $host\r\n\r\n$get\r\n", 3);
    is scalar(() = $raw =~ m{HTTP/1\.1 401}g), 2, 'each gets its own answer';
};

subtest 'a body that stalls' => sub {
    my $pending = Magpie::Pending->new($magpie->port, "${post}Content-Length: 10\r\n\r\n{", raw => 1);
    Magpie::Pending::pump([$pending], time + 14, sub { $pending->done });
    ok $pending->done, 'its connection is closed';
    is $pending->{in}, '', 'without an answer';
};

subtest 'the headers of every answer' => sub {
    my @of_all  = ("default-src 'none'", "frame-ancestors 'none'");
    my @of_page = ("script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "worker-src 'self'", "manifest-src 'self'",
        "require-trusted-types-for 'script'");
    for my $path ('/', _files() . 'app.css', '/sw.js', '/nothing', '/api/me', '/api/send', '/healthz') {
        my $reply  = $magpie->request(GET => $path);
        my $worker = $path =~ m{^/(?:api/|healthz)};
        my $policy = $reply->header('Content-Security-Policy') // '';
        like $policy, qr/(?:^|; )$_(?:;|$)/, "$path: $_" for @of_all, $worker ? () : @of_page;
        unlike $policy, qr/unsafe/, "$path: nothing unsafe";
        is $reply->header('X-Content-Type-Options'),       'nosniff',     "$path: nosniff";
        is $reply->header('Cross-Origin-Resource-Policy'), 'same-origin', "$path: for no other site";
        is $reply->header('Referrer-Policy'), 'same-origin', "$path: no referrer for others" if !$worker;
        is $reply->header('Server'), 'nginx', "$path: no version";
        ok !defined $reply->header('Strict-Transport-Security'), "$path: no HSTS without TLS";
        for my $name (qw(Cache-Control Content-Security-Policy Content-Type X-Content-Type-Options)) {
            my @values = $reply->header($name);
            is scalar @values, 1, "$path: $name once";
        }
    }
};

subtest 'a header that came twice' => sub {
    my $cookie = $alex->cookie_header;
    my $me     = "${get}Cookie: $cookie\r\n";
    is answer("$me\r\n")->{status}, 200, 'once is good';
    is_problem(answer("$me$_\r\n\r\n"), 400, $_ =~ s/:.*//r) for "Cookie: $cookie", "X-CSRFToken: x\r\nX-CSRFToken: x";
};

subtest 'files' => sub {
    my $plain = $magpie->request(GET => '/');
    is $plain->status, 200, 'the page';
    like $plain->header('Content-Type'), qr{^text/html; charset=utf-8$}i, 'is HTML in UTF-8';
    is $plain->header('Cache-Control'), 'no-cache', 'is asked for again each time';
    my $etag = $plain->header('ETag');
    ok $etag, 'and has an ETag';
    is $magpie->request(GET => '/', undef, headers => [ 'If-None-Match' => $etag ])->status, 304, 'by which it is not sent again';
    is $magpie->request(HEAD => '/')->body, '', 'HEAD has no body';
    my $page = sub { $magpie->request(GET => '/', undef, headers => [ map { (Cookie => $_) } @_ ])->body =~ /"module"/ ? 'app' : 'form' };
    is $page->(@$_), 'form', 'a stranger gets the form first' for [], ['a=b; csrftoken='], ['xcsrftoken=t'];
    is $page->($_), 'app', 'and who has a session the app' for 'csrftoken=t', 'a=b; __Host-csrftoken=t; c=d';
    is $magpie->request(GET => '/', undef, headers => [ Cookie => 'csrftoken=t', 'If-None-Match' => $etag ])->status, 200, 'whichever it had before';

    my $files  = _files();
    my $zipped = $magpie->request(GET => "${files}app.css", undef, headers => [ 'Accept-Encoding' => 'gzip' ]);
    is $zipped->header('Content-Encoding'), 'gzip', 'a file is compressed';
    is $magpie->request(GET => "${files}app.css", undef,
        headers => [ 'Accept-Encoding' => 'gzip', 'If-None-Match' => $zipped->header('ETag') ])->status, 304, 'and revalidated all the same';
    for my $case ([ "${files}js/first.js", 'text/javascript; charset=utf-8' ], [ '/sw.js', 'text/javascript; charset=utf-8' ],
        [ "${files}manifest.webmanifest", 'application/manifest+json; charset=utf-8' ], [ "${files}icon-192.png", 'image/png' ])
    {
        is $magpie->request(GET => $case->[0])->header('Content-Type'), $case->[1], "$case->[0] is what it is";
    }
    is $magpie->request(GET => "${files}app.css")->header('Cache-Control'), 'public, max-age=31536000, immutable', 'is never asked for again';
    is $magpie->request(GET => "/v/0123456789ab/app.css")->header('Cache-Control'), 'no-store', 'unless it is not there';
    is $magpie->request(GET => $_)->header('Cache-Control'), 'no-cache', "$_ is asked for again" for '/sw.js', '/version.json';
    my $list = $alex->get('/api/friends', headers => [ 'Accept-Encoding' => 'gzip' ]);
    ok !defined $list->header('Content-Encoding'), 'an answer of the interface is not compressed';
    is $magpie->request(GET => '/v')->header('Location'), '/v/', 'a redirect names no host';
};

subtest 'the log' => sub {
    $alex->get('/api/receive?queue=secret-queue-id&after=0&timeout=0');
    wait_until { grep { m{/api/receive} } $magpie->log_lines('access') } 5;              # nginx writes it within a second
    my ($line) = grep { m{/api/receive} } $magpie->log_lines('access');
    like $line, qr{^\S+ \d+-\d+ 127\.0\.0\.1 "GET /api/receive HTTP/1\.1" 410 \d+ [\d.]+}, 'has time, id, path, status';
    unlike join("\n", $magpie->log_lines('access')), qr/secret-queue-id|password/, 'and no query';
};

subtest 'operations' => sub {
    is $magpie->request(GET => $_)->status, 200, "$_ from here" for qw(/healthz /readyz /metrics);
    # Another address of this machine is no address of ours.
    my @elsewhere = ('curl', '-si', '--interface', '127.0.0.2');
    is parsed(_curl(@elsewhere, $magpie->url('/')))->{status}, 200, 'elsewhere are people';
    is_problem(parsed(_curl(@elsewhere, $magpie->url($_))), 404, "$_ from elsewhere") for qw(/healthz /readyz /metrics);
};

is join(' ', $magpie->worker_pids), $before, 'the workers are the same as before';
ok $magpie->ready, 'and well';

subtest 'no worker at all' => sub {
    my $conf = $magpie->dir . '/nginx/nginx.conf';
    system 'sed', '-i', 's|/run/fcgi.sock|/run/gone.sock|', $conf;
    kill HUP => $magpie->pid('nginx');
    # For a moment nginx's old processes answer as well.
    ok((wait_until { !grep { $magpie->request(GET => '/api/me')->status != 502 } 1 .. 20 } 10), 'the answer is 502');
    is_problem(answer("$get\r\n"), 502, 'is a problem like all others');
    is_problem(answer("${post}Content-Length: 2\r\n\r\n{}"), 502, 'so it is for a message');
    system 'sed', '-i', 's|/run/gone.sock|/run/fcgi.sock|', $conf;
    kill HUP => $magpie->pid('nginx');
    ok((wait_until { !grep { !$magpie->ready } 1 .. 20 } 10), 'and again all is well');
};

subtest 'limits of rate' => sub {
    my $limited = Magpie->start(workers => 1, limits => 1, set => 'limits.login_rate=1000000 limits.login_burst=1000000 password.memory_kib=1024');
    my %login = (username => 'nobody', password => 'password of nobody');
    my @replies = $limited->parallel(map { [ POST => '/api/login', \%login ] } 1 .. 80);
    my @refused = grep { $_->status == 429 } @replies;
    cmp_ok scalar @refused, '>', 5, 'logins from one address are limited';
    is $refused[0]->type, 'application/problem+json', 'by a problem';
    is $refused[0]->problem, 'too-many-requests', 'of that name';
    ok $refused[0]->header('Retry-After'), 'that says when to come back';
    my @open = $magpie->parallel(map { [ POST => '/api/login', \%login ] } 1 .. 80);
    is scalar(grep { $_->status == 429 } @open), 0, 'limits.enabled=no switches that off';
    for (["limits.enabled=no\treceive.hold=5", 0], ["limits.enabled=no\nlimits.enabled=yes", 1]) {
        my ($set, $is_on) = @$_;
        $limited->stop;
        $limited->up(MAGPIE_SET => "password.memory_kib=1024\nlimits.login_rate=1000000 limits.login_burst=1000000 $set");
        my $count = grep { $_->status == 429 } $limited->parallel(map { [ POST => '/api/login', \%login ] } 1 .. 80);
        is $count > 0, !!$is_on, 'whatever white space is between two settings, and the last one holds: ' . $set =~ s/\s/ /r;
    }
};

subtest 'the example of a site' => sub {
    my $dir = tempdir('magpie-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    system(qw(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=chat.example.org),
        '-keyout', "$dir/key.pem", '-out', "$dir/cert.pem", '-outform', 'PEM') == 0 or die 'openssl';
    open my $in, '<', Magpie->root . '/nginx/magpie.conf' or die $!;
    my $site = do { local $/; <$in> };
    my $www  = "$dir/site";
    system(Magpie->root . '/www/join', Magpie->root . '/www', $www) == 0 or die 'www/join';
    $site =~ s{/etc/letsencrypt/live/[^/]+/fullchain\.pem}{$dir/cert.pem}g;
    $site =~ s{/etc/letsencrypt/live/[^/]+/privkey\.pem}{$dir/key.pem}g;
    $site =~ s{/usr/share/magpie/www}{$www};
    $site =~ s{/var/log/nginx/}{$dir/}g;
    $site =~ s{/run/magpie/}{$magpie->dir . '/run/'}ge;
    my $tls  = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1, ReuseAddr => 1) or die $!;
    my $http = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1, ReuseAddr => 1) or die $!;
    my ($tls_port, $http_port) = map { $_->sockport } $tls, $http;
    close $_ for $tls, $http;
    $site =~ s{^\s*listen \[::\].*\n}{}gm;
    $site =~ s{listen 443 }{listen 127.0.0.1:$tls_port }g;
    $site =~ s{listen 80( |;)}{listen 127.0.0.1:$http_port$1}g;
    mkdir "$dir/conf";
    symlink Magpie->root . '/nginx', "$dir/conf/magpie" or die $!;
    my $user = $> ? '' : 'user root root;';
    open my $out, '>', "$dir/conf/nginx.conf" or die $!;
    print {$out} "$user\npid $dir/nginx.pid;\nerror_log $dir/error.log;\nevents { }\nhttp {\n",
        # as Debian's nginx.conf, which includes a site's file
        "sendfile on;\ntcp_nopush on;\ntypes_hash_max_size 2048;\ninclude /etc/nginx/mime.types;\n",
        "default_type application/octet-stream;\nssl_protocols TLSv1 TLSv1.2;\nssl_prefer_server_ciphers on;\ngzip on;\n",
        (map { "${_}_temp_path $dir/$_;\n" } qw(client_body fastcgi proxy scgi uwsgi)), $site, "}\n";
    close $out;
    my ($output, $status) = Magpie::_run('nginx', '-t', '-p', "$dir/", '-c', "$dir/conf/nginx.conf", '-e', "$dir/error.log");
    is $status, 0, 'nginx takes it' or diag $output;
    unlike $output, qr/\[warn\]/, 'without a warning';
    is system('nginx', '-p', "$dir/", '-c', "$dir/conf/nginx.conf", '-e', "$dir/error.log"), 0, 'and starts with it';

    my @curl = ('curl', '-sik', '--resolve', "chat.example.org:$tls_port:127.0.0.1", '--resolve', "chat.example.org:$http_port:127.0.0.1");
    for my $path (qw(/healthz /readyz /metrics)) {
        my $address = "https://chat.example.org:$tls_port$path";
        is parsed(_curl(@curl, $address))->{status}, 200, "$path from here";
        is_problem(parsed(_curl(@curl, '--interface', '127.0.0.2', $address)), 404, "$path from elsewhere");
    }
    my $page = _curl(@curl, "https://chat.example.org:$tls_port/");
    like $page, qr{^HTTP/2 200}, 'HTTP/2';
    like $page, qr{^strict-transport-security: max-age=\d{8}}mi, 'HSTS';
    like $page, qr{^content-security-policy: default-src 'none'}mi, 'the same headers';
    like _curl(@curl, "https://chat.example.org:$tls_port/api/me"), qr{^HTTP/2 401}, 'the workers';
    like _curl(@curl, '-H', 'Host: evil.example', "https://chat.example.org:$tls_port/api/me"), qr{^HTTP/2 404}, 'strangers';
    like _curl(@curl, "http://chat.example.org:$http_port/x?y=z"), qr{^location: https://chat\.example\.org/x\?y=z}mi, 'from HTTP to HTTPS';

    my ($secure, $plain) = ("https://chat.example.org:$tls_port", "http://chat.example.org:$http_port");
    open my $large, '>', "$dir/large" or die $!;
    print {$large} 'x' x 65_537;
    close $large;
    my @large = ('-H', 'Content-Type: application/json', '--data-binary', "\@$dir/large");
    for my $case (
        [ 'a body of 64 KiB + 1',               413, @large, "$secure/api/send" ],
        [ 'one to the page itself',             413, @large, "$secure/" ],
        [ 'one that does not say its length',   413, '-XPOST', '-HTransfer-Encoding: chunked', '-T', "$dir/large", "$secure/api/send" ],
        [ 'one without TLS',                    413, @large, "$plain/api/send" ],
        [ 'HTTP where TLS is spoken',           400, "http://chat.example.org:$tls_port/" ],
        [ 'HTTP where TLS is spoken, large',    400, @large, "http://chat.example.org:$tls_port/api/send" ],
        [ 'a range behind the end',             416, '-r', '99999999-', "$secure/sw.js" ],
        [ 'If-Match of another version',        412, '-H', 'If-Match: "x"', "$secure/sw.js" ],
        [ 'If-Unmodified-Since of long ago',    412, '-H', 'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT', "$secure/sw.js" ],
        [ 'DELETE of a page',                   405, '-XDELETE', "$secure/" ],
        [ 'what is not there',                  404, "$secure/nothing.js" ],
        )
    {
        my ($what, $status, @request) = @$case;
        is_problem(parsed(_curl(@curl, @request)), $status, "the site: $what");
    }

    my $entered = _curl(@curl, '-H', 'Content-Type: application/json', '-H', "Origin: https://chat.example.org:$tls_port",
        '-d', '{"username":"tls","password":"over an encrypted line","name":"Tls"}', "https://chat.example.org:$tls_port/api/register");
    like $entered, qr{^HTTP/2 201}, 'a registration over TLS' or diag $entered;
    like $entered, qr{^set-cookie: __Host-magpie=.*Secure}mi, 'has the cookies of TLS';
    open my $pid, '<', "$dir/nginx.pid" or die $!;
    kill TERM => <$pid> + 0;
};

# Where this version's files are.
sub _files {
    return '/v/' . $magpie->request(GET => '/version.json')->json->{version} . '/';
}

sub _curl {
    my (@command) = @_;
    return (Magpie::_run(@command))[0] =~ s/\r//gr;
}

done_testing;
