#!/usr/bin/perl
# Bad input: tables of cases times routes times members. Each costs its sender a 4xx, within 100 ms, in
# the form of a problem; and nobody else anything: nothing is stored, no worker ends, nothing stays
# open, and others write to each other as before.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Encode qw(encode);                           # 'utf8': also what UTF-8 may not have
use Test::More;
use Magpie;

my $magpie = Magpie->start(workers => 2);
my ($alex, $bob) = map { $magpie->user($_) } qw(alex bob);
my $kim   = $magpie->user('kim', friends => [$alex, $bob]);
my $tab   = $kim->open_queue;
my $other = $kim->open_queue;
my $group = $alex->post('/api/groups', { name => 'birds' })->json->{group}{id};
$alex->send(to => $kim, msg => 'first');

# ---- The tables ----

# A route: method, path, and members in order, each with a good value in JSON. `is` says what kind of
# input a member takes; `optional` may be left out. `{}`: what the route says to an empty object.
my $uuid   = Magpie->uuid;
my @routes = (
    { call => 'POST /api/register', open => 1, '{}' => 400, members => [
        [username => '"newcomer"', is => 'username'], [password => '"long enough"', is => 'text', max => 256],
        [name => '"New"', is => 'name', max => 32],
    ] },
    { call => 'POST /api/login', open => 1, '{}' => 400, members => [
        [username => '"newcomer"', is => 'username'], [password => '"long enough"', is => 'text', max => 256],
    ] },
    { call => 'POST /api/password', '{}' => 400, members => [
        [old => '"not my password"', is => 'text', max => 256], [new => '"long enough"', is => 'text', max => 256],
    ] },
    { call => 'POST /api/me/delete', '{}' => 400, members => [
        [password => '"not my password"', is => 'text', max => 256], [messages => '"keep"', is => 'word'],
    ] },
    { call => 'DELETE /api/sessions', '{}' => 204, members => [] },
    { call => 'DELETE /api/sessions/999999', '{}' => 404, members => [] },
    { call => 'POST /api/friend-requests', '{}' => 400, members => [
        [username => '"nobody.here"', is => 'username'], [note => '"hello"', is => 'text', max => 200, optional => 1],
    ] },
    { call => 'POST /api/friend-requests/999999/accept', '{}' => 404, members => [
        [remark => '"Lea"', is => 'text', max => 32, optional => 1], [list_id => '0', is => 'id or 0', optional => 1],
    ] },
    { call => 'DELETE /api/friend-requests/999999', '{}' => 404, members => [] },
    { call => 'POST /api/friend-requests/999999/reject', '{}' => 404, members => [] },
    { call => 'PATCH /api/friends/999999', '{}' => 404, members => [
        [remark => '"Lea"', is => 'text', max => 32, optional => 1], [list_id => '0', is => 'id or 0', optional => 1],
    ] },
    { call => 'DELETE /api/friends/999999', '{}' => 404, members => [] },
    { call => 'POST /api/friend-lists', '{}' => 400, members => [[name => '"fresh"', is => 'name', max => 32]] },
    { call => 'PATCH /api/friend-lists/999999', '{}' => 404, members => [
        [name => '"fresh"', is => 'name', max => 32, optional => 1], [place => '1', is => 'number', optional => 1],
    ] },
    { call => 'DELETE /api/friend-lists/999999', '{}' => 404, members => [] },
    { call => 'POST /api/blocks', '{}' => 400, members => [[user_id => '999999', is => 'id', unknown => 404]] },
    { call => 'DELETE /api/blocks/999999', '{}' => 404, members => [] },
    { call => 'PATCH /api/me', '{}' => 200, members => [
        [name => '"Alex"', is => 'name', max => 32, optional => 1], [status => '""', is => 'text', max => 80, optional => 1],
    ] },
    { call => 'PATCH /api/settings', '{}' => 200, members => [
        [find_me => '"everybody"', is => 'word', optional => 1], [ask_me => '"everybody"', is => 'word', optional => 1],
        [presence => '"online"', is => 'word', optional => 1], [last_seen => '"friends"', is => 'word', optional => 1],
    ] },
    { call => 'POST /api/groups', '{}' => 400, members => [
        [name => '"fresh"', is => 'name', max => 64], [description => '"of birds"', is => 'text', max => 255, optional => 1],
        [max_members => '20', is => 'number', optional => 1],
    ] },
    { call => "POST /api/groups/$group/members", '{}' => 400, members => [[user_id => '999999', is => 'id', unknown => 403]] },
    { call => "DELETE /api/groups/$group/members/999999", '{}' => 404, members => [] },
    { call => 'PATCH /api/groups/999999', '{}' => 404, members => [
        [name => '"fresh"', is => 'name', max => 64, optional => 1], [description => '"of birds"', is => 'text', max => 255, optional => 1],
        [max_members => '20', is => 'number', optional => 1], [slow_mode => '5', is => 'id or 0', optional => 1], [muted => 'true', is => 'switch', optional => 1],
        map { [@$_, is => 'word', optional => 1] } [visibility => '"public"'], [joining => '"open"'], [who_invites => '"admins"'], [history => '"all"'],
    ] },
    { call => 'DELETE /api/groups/999999', '{}' => 404, members => [] },
    { call => 'PUT /api/groups/999999/announcement', '{}' => 400, members => [[text => '"hear"', is => 'text', max => 1000]] },
    { call => 'POST /api/groups/999999/announcement/seen', '{}' => 404, members => [] },
    { call => 'POST /api/groups/999999/owner', '{}' => 400, members => [[user_id => '999999', is => 'id', unknown => 404]] },
    { call => 'PATCH /api/groups/999999/members/999999', '{}' => 400, members => [
        [role => '"admin"', is => 'word', optional => 1], [mute_for => '60', is => 'id or 0', optional => 1],
        [nickname => '"Al"', is => 'text', max => 32, optional => 1],
    ] },
    { call => 'POST /api/groups/999999/join', '{}' => 404, members => [[note => '"hello"', is => 'text', max => 200, optional => 1]] },
    { call => 'DELETE /api/groups/999999/join', '{}' => 404, members => [] },
    (map { { call => "POST /api/groups/$group/join-requests/999999/$_", '{}' => 404, members => [] } } qw(accept reject)),
    { call => "POST /api/groups/$group/invitations", '{}' => 400, members => [[user_id => '999999', is => 'id', unknown => 403]] },
    { call => "DELETE /api/groups/$group/invitations/999999", '{}' => 404, members => [] },
    (map { { call => "POST /api/group-invitations/999999/$_", '{}' => 404, members => [] } } qw(accept reject)),
    { call => 'POST /api/groups/999999/links', '{}' => 400, members => [[expires_in => '3600', is => 'number'], [max_uses => '5', is => 'number']] },
    { call => "DELETE /api/groups/$group/links/999999", '{}' => 404, members => [] },
    (map { { call => "POST /api/group-links/$_", '{}' => 400, members => [[token => '"none"', is => 'text', max => 64]] } } qw(look join)),
    { call => "POST /api/groups/$group/bans", '{}' => 400, members => [[user_id => '999999', is => 'id', unknown => 404]] },
    { call => "DELETE /api/groups/$group/bans/999999", '{}' => 404, members => [] },
    { call => 'POST /api/send', '{}' => 400, members => [
        [contact_type => '"single"', is => 'word'], [to => '999999', is => 'id', unknown => 403],
        [msg => '"hello"', is => 'message', max => 4000], [client_id => qq("$uuid"), is => 'word'],
    ] },
    { call => 'POST /api/read', '{}' => 400, members => [
        [contact_type => '"single"', is => 'word'], [contact_id => '999999', is => 'id', unknown => 404],
        [seq => '1', is => 'number'],
    ] },
    { call => 'PATCH /api/conversations/group/999999', '{}' => 404, members => [
        map { [$_ => 'true', is => 'switch', optional => 1] } qw(pinned muted mentions hidden marked_unread),
    ] },
    { call => 'POST /api/conversations/group/999999/clear', '{}' => 400, members => [[seq => '1', is => 'number']] },
    { call => 'POST /api/changes', '{}' => 200, members => [[have => '[]', is => 'list', optional => 1]] },
    { call => 'POST /api/logout', '{}' => 0, members => [] },
);

# Routes that take nothing, or a query.
my @gets = map { "GET /api/$_" } qw(me settings users?username=abc friends friend-lists friend-requests blocks groups sessions
    public-groups?q=ab group-invitations);

# Each is good JSON for some member of some route, but not of that kind.
my %types = (
    null => 'null', bool => 'true', number => '7', float => '1.5', string => '"x y"', array => '[1]', object => '{"a":1}',
);
my %fits = (                                            # kinds whose type alone isn't wrong
    username => [], name => ['string'], text => ['string'], message => ['string'], word => [],
    id => ['number'], number => ['number'], 'id or 0' => ['number'], list => [], switch => ['bool'],
);

# Never a number where an integer belongs; as it stands in the text.
my @no_numbers = (
    qw(-1 -0 1.0 1.9 1e2 1E2 1e400 01 +1 0x10 0b1 1. .5 - "1" "1abc" "" 1abc NaN Infinity 1_000 ٣ 9007199254740992
    9223372036854775807 9223372036854775808 18446744073709551616 18446744073709551617),
    '1' x 40, '-' . '9' x 30, '1,0', '1 0',
);

# Bytes that are not UTF-8.
my @no_utf8 = map { pack 'H*', $_ } qw(
    ff c0af c080 e080af f08080af eda080 eda080edb080 f4908080 f5808080 fe c3 e282 f09f90 80 c328 e28228 f0288cbc);

# Escapes and raw bytes that no string may have.
my @no_strings = ('\u0000', "\0", "a\0", "\n", "\t", "\x1f", '\x', '\u12', '\u12g4', '\ud800', '\udc00', '\udc00\ud800',
    '\ud800x', '\ud800\u0041', '\\', "\\\n", '\U0041', '\a', "\\'");

# What nobody sees, or sees as something else: bad in a name.
my @no_names = map { encode 'utf8', $_ } (
    '', ' ', "\t", "\x{A0}", " x", "x ", "\x{A0}x", "x\x{A0}", "a\x{FEFF}b", "a\x{FFFE}b", "a\x{FFFF}b", "a\x{2028}b", "a\x{2029}b",
    "a\x{202E}b", "a\x{202A}b", "a\x{2069}b", "a\x{2066}b", "a\x{200B}b", "\x{200B}", "\x{200D}", "\x{FE0F}", "a\x{AD}b",
    "a\x{E0041}b", 'a' . "\x{301}" x 100, 'a' . "\x{301}" x 6, "a\x{378}b", "a\x{E000}b", "\x{F0000}", "\x{2800}", "\x{3164}",
    "\x{115F}", "a\x{7F}b", "a\x{85}b", "\x{61C}x", "x\x{180E}y",
);

# ---- What is asked, and what is checked around it ----

sub body_of {
    my ($route, %change) = @_;
    my @members = map { my ($name, $good) = @$_; exists $change{$name} ? defined $change{$name} ? [$name, $change{$name}] : () : [$name, $good] }
        @{ $route->{members} };
    return '{' . join(',', map { qq("$_->[0]":$_->[1]) } @members) . '}';
}

sub call {
    my ($route, $body, %option) = @_;
    my ($method, $path) = split / /, $route->{call};
    return $magpie->begin($method, $path, $body, $route->{open} ? undef : $alex, %option)->wait(10);
}

my @wrong;

# The answer must be one of these (a number, a list, or a map of status to the member that is blamed).
sub expect {
    my ($what, $expected, $ask) = @_;
    my %good  = map { $_ => 1 } ref $expected ? @$expected : $expected;
    my ($reply, $seconds);
    for (1 .. 5) {                                      # a busy machine is not our fault
        $reply   = $ask->();
        $seconds = $reply ? $reply->seconds : 99;
        last if $seconds < 0.1;
    }
    my $bad =
        !$reply || !$reply->status       ? 'no answer'
      : !$good{ $reply->status }         ? 'status ' . $reply->status . ', ' . substr $reply->body, 0, 300
      : $reply->status < 400             ? ''
      : $reply->type ne 'application/problem+json' ? 'the type ' . $reply->type
      : $reply->json->{status} != $reply->status   ? 'another status in the body'
      : $reply->body =~ /select |insert |magpie\.|\.c:|\/(?:usr|tmp|var|run)\// ? 'a secret in ' . $reply->body
      : $seconds >= 0.1                  ? sprintf '%.0f ms', 1000 * $seconds
      :                                    '';
    push @wrong, "$what: $bad" if $bad;
    return $reply;
}

# A hash over all tables, but for that which tells when somebody went: that is no request's doing.
sub stored {
    state $query = join ' union all ', map {
        "select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from magpie.$_ t"
    } $magpie->psql("select tablename from pg_tables where schemaname = 'magpie' and tablename <> 'seen' order by 1");
    return join ' ', $magpie->psql($query);
}

sub descriptors { return [map { my @open = glob "/proc/$_/fd/*"; scalar @open } $magpie->worker_pids] }

sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }

# Runs cases; all that should be as before is.
sub block {
    my ($name, $cases) = @_;
    subtest $name => sub {
        settle();
        my ($stored, $pids, $open) = (stored(), [$magpie->worker_pids], descriptors());
        @wrong = ();
        $cases->();
        is_deeply \@wrong, [], 'each gets what it deserves';
        is stored(), $stored, 'nothing is stored';
        is_deeply [$magpie->worker_pids], $pids, 'no worker ended';
        ok wait_until(sub { my @now = @{ descriptors() }; !grep { $now[$_] > $open->[$_] + 4 } 0 .. $#now }, 3), 'nothing stays open';
        my $text = "after $name";
        is $bob->send(to => $kim, msg => $text)->status, 201, 'others write';
        my @got;
        wait_until { push @got, $other->receive(timeout => 1); grep { $_->{msg} eq $text } @got } 5;
        is $got[-1]{msg}, $text, 'and read';
    };
    return;
}

# As a member's name in a message.
sub shown { my ($bytes) = @_; return (length $bytes > 40 ? substr($bytes, 0, 40) . '…' : $bytes) =~ s/([^ -~])/sprintf '<%02x>', ord $1/ger }

# ---- J: what is no JSON, or not the JSON that was asked for ----

for my $route (@routes) {
    my $empty = $route->{'{}'};
    my $good  = body_of($route);
    my ($first) = map { $_->[0] } @{ $route->{members} };
    block "J $route->{call}" => sub {
        my $say = sub {
            my ($what, $body, $expected) = @_;
            expect("$route->{call} $what (" . shown($body) . ')', $expected // 400, sub { call($route, $body) });
        };
        if ($empty) {
            $say->(@$_, $empty) for ['nothing', ''], ['an empty object', '{}'], ['one with spaces', " {\r\n\t} "];
        }
        $say->('no object', $_) for ' ', 'null', 'true', '1', '"x"', '[]', '[{}]', 'x', 'undefined', '{', '}', '{}}', '{{}}', '{,}', '{"":1}';
        $say->('cut off', substr $good, 0, $_) for 1 .. length($good) - 1;
        $say->('behind it', $good . $_) for 'x', '{}', ',', "\0", "\0x", '//', '/* */', ']', '}';
        $say->('before it', $_ . $good) for "\xef\xbb\xbf", "\0", ',', '//x' . "\n";
        $say->('UTF-16', encode 'UTF-16', $good);
        my $inner = substr $good, 1, -1;
        my $comma = length $inner ? ',' : '';
        $say->('a comma too many', "{$inner,}");
        $say->('a comment', "{/* */$inner}");
        $say->('single quotes', "{'a':1$comma$inner}");
        $say->('a key without quotes', "{a:1$comma$inner}");
        $say->('an unknown key', "{$inner$comma\"$_\":1}") for qw(x __proto__ constructor id from sender_id is_admin), 'a' x 60_000;
        $say->('a key with NUL', "{$inner$comma\"a\\u0000\":1}");
        $say->('a key that is no UTF-8', "{$inner$comma\"$_\":1}") for @no_utf8;
        $say->('depth', "{$inner$comma\"x\":" . '[' x $_ . ']' x $_ . '}') for 8, 9, 32, 33, 1000, 30_000;
        $say->('depth of objects', "{$inner$comma\"x\":" . '{"x":' x $_ . '1' . '}' x $_ . '}') for 8, 33, 5000;
        $say->('open brackets', '[' x 60_000);
        $say->('too deep and too long', "{$inner$comma\"x\":" . '[' x 100_000 . ']' x 100_000 . '}', [400, 413]);
        $say->('many keys', '{' . join(',', map { "\"k$_\":0" } 1 .. $_) . '}', [400, 413]) for 5000, 10_000;
        $say->('many elements', "{$inner$comma\"x\":[" . join(',', (0) x $_) . ']}', [400, 413]) for 30_000, 100_000;
        $say->('too large', "{$inner$comma\"x\":\"" . 'x' x 65_536 . '"}', 413);
        if ($empty && $route->{call} !~ m{/(?:register|login|groups|friend-lists)$}) {
            $say->('as large as may be', $good . ' ' x (65_536 - length $good), [grep { $_ } 400, 401, 403, 404, 422, $empty]);
        }
        return if !defined $first;
        my $doubled = $inner =~ s/^"//r;
        my ($value) = map { $_->[1] } @{ $route->{members} };
        $say->('a key twice', qq({$inner,"$first":$value}));
        $say->('a key twice, differently', qq({"$first":null,$inner}));
        my $escaped = sprintf '\u%04x%s', ord $first, substr $first, 1;
        $say->('a key twice, once in disguise', qq({"$escaped":$value,$inner}));
    };
}

# ---- each member: missing, of each wrong type, and U, N and L as its kind asks ----

for my $route (@routes) {
    next if !@{ $route->{members} };
    block "members of $route->{call}" => sub {
        for (@{ $route->{members} }) {
            my ($name, $good, %member) = @$_;
            my $kind = $member{is};
            my $say  = sub {
                my ($what, $raw, $expected, %option) = @_;
                my $reply = expect("$route->{call} $name: $what (" . (defined $raw ? shown($raw) : '') . ')', $expected // 400,
                    sub { call($route, body_of($route, $name => $raw)) });
                my $field = $reply && $reply->status == 400 && $reply->json ? $reply->json->{field} : $name;
                push @wrong, "$route->{call} $name: $what (" . shown($raw // '') . ') blames ' . ($field // 'nobody')
                    if !$option{anybody} && ($field // '') !~ /^\Q$name\E(?:\[|$)/;
            };
            $say->('missing', undef) unless $member{optional};
            for my $type (sort keys %types) {
                $say->("a $type", $types{$type}) unless grep { $_ eq $type } @{ $fits{$kind} };
            }
            if ($kind =~ /^(?:id|number|id or 0)$/) {
                $say->('a number that is none', $_, 400, anybody => 1) for map { encode 'utf8', $_ } @no_numbers;
                $say->('zero', '0') if $kind ne 'id or 0';
                if (defined $member{unknown}) {
                    $say->('nobody', $_, $member{unknown}) for 2**31, 2**32, 2**32 + $kim->id, 2**32 + $group, '9007199254740991';
                }
                next;
            }
            next if $kind eq 'list' || $kind eq 'switch';
            $say->('no UTF-8', qq("a${_}b"), 400, anybody => 1) for @no_utf8;
            $say->('no UTF-8 at its end', qq("ab$_"), 400, anybody => 1) for @no_utf8;
            $say->('no string', qq("ab$_"), 400, anybody => 1) for @no_strings;
            $say->('a long text', '"' . 'x' x 60_000 . '"');
            $say->('a text that is too large', '"' . 'x' x 65_536 . '"', 413);
            if ($kind eq 'username' || $kind eq 'name') {
                $say->('a name that nobody reads', qq("$_")) for map { s/([\t\x7f])/sprintf '\u%04x', ord $1/ger } @no_names;
            }
            if ($kind eq 'username') {
                $say->('no user name', encode 'utf8', qq("$_")) for 'Alex', 'a b c', 'a@b', 'ab', 'a' x 33, "\x{430}dmin",
                    "\x{FF41}lex", 'abc\n', "abc\x{FE0F}", 'a/b', "al\x{e9}x", '../etc', 'a*b', 'abc\r\nSET', "'or'1", 'abc%00';
            }
            if ($member{max}) {
                $say->('one too many', '"' . 'x' x ($member{max} + 1) . '"');
                $say->('one too many of four bytes', encode 'utf8', '"' . "\x{1F426}" x ($member{max} + 1) . '"');
            }
            if ($kind eq 'message') {
                $say->('nothing to see', encode 'utf8', qq("$_")) for '', ' ', '\n\r\t', "\x{A0}", "\x{200B}", "\x{2060}\x{200D}", "\x{FEFF}",
                    "\x{3164}", "\x{2800}", "\x{FE0F}", "\x{E0020}", "\x{2028}", "\x{3000}" x 4000;
            }
            if ($kind eq 'word' && $name =~ /^(?:visibility|joining|who_invites|history|role)$/) {
                $say->('none', qq("$_")) for '', 'Public', 'open ', 'everybody', 'owner', '0';
            }
            if ($name =~ /_me$/) {
                $say->('none', qq("$_")) for '', 'Nobody', 'nobody ', 'friends', '0';
            }
            if ($name eq 'contact_type') {
                $say->('none', qq("$_")) for '', 'Single', 'single ', 'singl', 'groups', 'single\u0020', '0';
            }
            if ($name eq 'messages') {
                $say->('none', qq("$_")) for '', 'Keep', 'keep ', 'kee', 'deleted', 'all', '0';
            }
            if ($name eq 'client_id') {
                $say->('none', qq("$_")) for '', '0', substr($uuid, 1), "${uuid}0", "{$uuid}", $uuid =~ tr/-//dr, $uuid =~ s/./g/r, $uuid =~ tr/-/_/r, ' ' x 36;
            }
        }
    };
}

# ---- ids in paths ----

block 'ids in paths' => sub {
    my @bad = (qw(0 -1 -0 1.0 1.9 1e2 01 +1 0x10 1abc x %20 9007199254740992 9223372036854775807 9223372036854775808
        18446744073709551617 %D9%A3 1%0A NaN *), '1' x 40, '1' x 1000);
    for my $call ('POST /api/friend-requests/ID/accept', 'POST /api/friend-requests/ID/reject', 'DELETE /api/friend-requests/ID', 'DELETE /api/friends/ID', 'PATCH /api/friends/ID',
        'PATCH /api/friend-lists/ID', 'DELETE /api/friend-lists/ID', 'DELETE /api/blocks/ID', 'DELETE /api/sessions/ID', 'GET /api/groups/ID',
        'POST /api/groups/ID/members', 'DELETE /api/groups/ID/members/1', "DELETE /api/groups/$group/members/ID",
        'PATCH /api/groups/ID', 'DELETE /api/groups/ID', 'PUT /api/groups/ID/announcement', 'POST /api/groups/ID/announcement/seen', 'POST /api/groups/ID/owner',
        'PATCH /api/groups/ID/members/1', "PATCH /api/groups/$group/members/ID",
        'PATCH /api/conversations/single/ID', 'POST /api/conversations/group/ID/clear')
    {
        my ($method, $path) = split / /, $call;
        my $body = $call =~ /(?:members|owner)$/ ? { user_id => $kim->id } : $call =~ /clear$/ ? { seq => 1 }
            : $call =~ /announcement$/ ? { text => 'x' } : $call =~ m{PATCH.*/members/} ? { nickname => 'x' } : undef;
        for my $id (@bad) {
            expect("$call: $id", 400, sub { $alex->begin($method, $path =~ s/ID/$id/r, $body)->wait(10) });
        }
        for my $id (2**31, 2**32 + $group, 2**32 + $kim->id, '9007199254740991') {
            expect("$call: $id", 404, sub { $alex->begin($method, $path =~ s/ID/$id/r, $body)->wait(10) });
        }
        for my $id ('', '1/2', '..') {
            expect("$call: '$id'", [400, 404, 405], sub { $alex->begin($method, $path =~ s/ID/$id/r, $body)->wait(10) });
        }
    }
};

# ---- L: what is too long or too many outside of a body ----

block 'L long and many' => sub {
    my $history = '/api/history?contact_type=single&contact_id=' . $kim->id;
    my $get     = sub { my ($path, %option) = @_; return sub { $alex->begin(GET => $path, undef, %option)->wait(10) } };
    expect('a query of 1 MB',       [400, 414], $get->("$history&name=" . 'x' x 1_000_000));
    expect('a path of 9 KB',        414, $get->('/api/' . 'x' x 9_000));
    expect('a query of 100',        400, $get->($history . join '', map { "&p$_=1" } 1 .. 100));
    expect('a query of 1,000',      400, $get->($history . '&a=1' x 1000));
    expect('a member twice',        400, $get->("$history&contact_type=single"));
    expect('a broken escape',       400, $get->("$history&before=%"));
    expect('a query that is no UTF-8', 400, $get->("$history&before=%FF"));
    expect('a query with NUL',      400, $get->("$history&before=1%00"));
    my $cookies = $alex->cookie_header;
    expect('50 cookies',            200, $get->($history, cookies => join '; ', $cookies, map { "c$_=1" } 1 .. 50));
    expect('a cookie of 4,097',     [200, 400], $get->($history, cookies => "$cookies; c=" . 'x' x 4097));
    expect('a session of 4,097',    401, $get->($history, cookies => 'magpie=' . 'x' x 4097));
    expect('a header of 9 KB',      400, $get->($history, headers => ['X-Long' => 'x' x 9_000]));
    expect('200 headers',           [200, 400], $get->($history, headers => [map { ("X-$_" => 'x') } 1 .. 200]));
    expect('two Cookie lines',      400, $get->($history, headers => [Cookie => 'a=b']));
    expect('two X-CSRFToken lines', 400, sub { $alex->begin(POST => '/api/groups', { name => 'z' }, headers => ['X-CSRFToken' => 'x'])->wait(10) });
    expect('LF in the query',       [400, 404], $get->("$history%0A"));
    expect('an unknown path',       404, $get->($_)) for '/api/', '/api/nope', '/api/me/', '/api/ME', '/api/groups/1/2/3', '/api/%2e%2e/x';
};

# ---- Q: queries, and bodies where none belongs: each route of main.c ----

my $leaver = $magpie->user('leaver');
block 'Q queries' => sub {
    my %query   = (                                     # a good one, where a route takes any
        '/api/history' => 'contact_type=single&contact_id=' . $kim->id . '&before=9&limit=5',
        '/api/receive' => 'queue=' . $leaver->open_queue->queue . '&after=0&timeout=0&revs=1',
        '/api/public-groups' => 'q=no&limit=5&after=0',
        '/api/users' => 'prefix=no&limit=5&after=abc',
        map { $_ => 'limit=5&after=0' } qw(/api/friends /api/friend-requests /api/groups /api/blocks /api/sessions
            /api/group-invitations /api/groups/ID/join-requests /api/groups/ID/bans),
    );
    my %as      = ('/api/receive' => $leaver, '/api/logout' => $leaver);
    my %body    = map { $_->{call} =~ s/\d+/ID/gr => body_of($_) } @routes;
    open my $in, '<', Magpie->root . '/fcgi/main.c' or die $!;
    my $main    = do { local $/; <$in> };
    my @table   = $main =~ /ROUTE\("(\w+)", "([^"]+)"/g;
    is scalar @table, 2 * (() = $main =~ /^\tROUTE\(/mg), 'main.c was understood';

    while (my ($method, $path) = splice @table, 0, 2) {
        my $call = "$method " . $path =~ s/USER|LINK/ID/r =~ s/TYPE/group/r;
        my $user = $path =~ m{^/(?:api/(?:register|login)$|healthz|readyz|metrics)} ? undef : $as{$path} // $alex;
        my $body = $method eq 'GET' ? undef : $body{$call} // '{}';
        my $good = $method eq 'GET' ? $query{$path} // '' : '';
        my $id   = $path =~ m{^/api/groups} ? $group : 999_999;
        my $url  = $path =~ s/ID/$id/r =~ s/USER|LINK/999999/r =~ s/TYPE/group/r;
        my $ask  = sub { my ($query, $with, $how) = @_; return sub { $magpie->begin($how // $method, $url . (length $query ? "?$query" : ''), $with, $user)->wait(10) } };
        my $bad  = sub {
            my ($query, $field) = @_;
            my $reply = expect("$call?" . shown($query), 400, $ask->($query, $body));
            my $said  = $reply && $reply->status == 400 ? $reply->json->{field} : $field;
            push @wrong, "$call?" . shown($query) . ' blames ' . ($said // 'nobody') if ($said // 'nobody') ne ($field // 'nobody');
            return if $method ne 'GET';
            $reply = $ask->($query, undef, 'HEAD')->();
            push @wrong, "HEAD $path?" . shown($query) . ' is ' . $reply->status if $reply->status != 400;
        };
        my $and = length $good ? "$good&" : '';
        $bad->("$and$_->[0]", $_->[1]) for ['foo=1', 'foo'], ['foo', 'foo'], ['foo=%00', 'foo'], ['foo=%', 'foo'], ['f%6fo=1', 'foo'], ['_=1', '_'],
            ['=1', ''], ['%00=1', undef], ['%FF', undef], ['%=1', undef], ['LIMIT=1', 'LIMIT'], ['username=x', 'username'];
        $bad->("foo=1&$good", 'foo');
        for my $pair (split /&/, $good) {
            my ($name) = split /=/, $pair;
            my $rest = join '&', grep { $_ ne $pair } split /&/, $good;
            $bad->("$rest&$name=$_", $name) for '%', '%4', '%zz', '%00', '%FF', '%C0%AF', 'x%00y';
            $bad->("$good&$_", $name) for $pair, "$name=", $name;
            $bad->("$good&foo=%00", 'foo');
        }
        if ($method eq 'GET') {
            my $status = $ask->($good)->()->status;
            push @wrong, "$call alone is $status" if $status !~ /^(?:200|404)$/;
            expect("$call with '$_'", $status, $ask->($good, $_)) for '', '{}', " {}\n";
            for my $junk ('junk', 'null', '[]', '{"a":1}', '{} x', "{}\0", "\xff", '{"contact_type":"single"}', 'x' x 65_536) {
                expect("$call with " . shown($junk), 400, $ask->($good, $junk));
                my $reply = $ask->($good, $junk, 'HEAD')->();
                push @wrong, "HEAD $path with " . shown($junk) . ' is ' . $reply->status if $reply->status != 400;
            }
        }
    }
};

# ---- A: who asks, by each route ----

block 'A sessions, tokens, media types, methods' => sub {
    my @calls = ((map { [$_->{call}, body_of($_), $_->{open}] } @routes),
        map { [$_, undef, 0] } @gets, "GET /api/groups/$group",
        'GET /api/history?contact_type=group&contact_id=1', 'GET /api/receive?queue=x&after=0', 'POST /api/queues');
    for (@calls) {
        my ($call, $body, $open) = @$_;
        my ($method, $path) = split / /, $call;
        my $ask = sub { my (@given) = @_; return sub { $magpie->begin($method, $path, @given)->wait(10) } };
        if (!$open) {
            for my $cookies ('', 'magpie=', 'magpie=x', 'magpie=' . '0' x 64, 'magpie=%00', "magpie='", 'magpie=*', 'csrftoken=' . $alex->csrf) {
                expect("$call as '$cookies'", 401, $ask->($body, undef, cookies => $cookies, csrf => $alex->csrf));
            }
            expect("$call as nobody, with a bad body", 401, $ask->('{"x', undef));
        }
        if (!$open && $method ne 'GET') {
            expect("$call with the token " . ($_ // 'undef'), 403, $ask->($body, $alex, csrf => $_))
                for undef, '', 'x', '0' x 32, $bob->csrf, $alex->csrf . '0', uc $alex->csrf . ' x';
            expect("$call from $_", 403, $ask->($body, $alex, headers => [Origin => $_])) for 'http://evil.example', 'null';
        }
        if ($method ne 'GET' && length($body // '')) {
            expect("$call as '$_'", 415, $ask->($body, $open ? undef : $alex, type => $_))
                for 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'application/jsonx', 'text/json';
            expect("$call as nothing", 415, $ask->($body, $open ? undef : $alex, type => undef));
        }
        for my $wrong (qw(GET POST PUT PATCH DELETE FOO)) {
            next if $wrong eq $method || $path =~ m{^/api/groups/\d+(?:/members/\d+|/(?:join|invitations|links|bans))?$};
            next if $path =~ m{^/api/(?:friend-requests|friend-lists|blocks|groups|settings|sessions|me)$|^/api/friends/\d|^/api/friend-lists/\d};
            my $reply = expect("$wrong $path", 405, sub { $alex->begin($wrong, $path, undef)->wait(10) });
            push @wrong, "$wrong $path: no Allow" if $reply && $reply->status == 405 && !$reply->header('Allow');
        }
    }
};

# ---- Who leaves in the middle ----

block 'those who do not wait for the answer' => sub {
    my @calls = grep { $_->[0] !~ m{/(?:register|groups|friend-lists|logout)$} } (map { [$_->{call}, body_of($_), $_->{open}] } @routes),
        map { [$_] } @gets, "GET /api/groups/$group",
        "GET /api/history?contact_type=group&contact_id=$group", 'GET /api/receive?queue=' . $tab->queue . '&after=0', 'POST /api/queues';
    for my $wait (0, 0.0005, 0.001, 0.002, 0.004, 0.008) {
        for (@calls) {
            my ($call, $body, $open) = @$_;
            my $request = $magpie->begin(split(/ /, $call), $body, $open ? undef : $alex);
            select undef, undef, undef, $wait if $wait;
            $request->close;
        }
    }
    ok wait_until(sub { $magpie->request(GET => '/metrics')->body =~ /^magpie_requests_active\{worker="\d+"\} 1$/m }, 5), 'no request stays' for 1 .. 4;
};

# A block that passes although something was stored, or a case that nobody looks at, would prove nothing.
subtest 'the checks themselves' => sub {
    my $before = stored();
    $alex->post('/api/groups', { name => 'seen' });
    isnt stored(), $before, 'what is stored is seen';
    @wrong = ();
    expect('good input', 400, sub { $alex->get('/api/me') });
    is scalar @wrong, 1, 'an answer that should not be is seen';
};

done_testing;
