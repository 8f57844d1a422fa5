#!/usr/bin/perl
# Pictures of people and groups: what is taken, what is made of it, who sees it, and that too many or too
# large ones cost nobody else anything.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use FastCgi;
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 1, set => 'picture.queue=2');
my ($alex, $eve) = map { $magpie->user($_) } qw(alex eve);
my $kim   = $magpie->user('kim', friends => [$alex]);
my $group = $alex->post('/api/groups', { name => 'birds' })->json->{group}{id};
$alex->post("/api/groups/$group/members", { user_id => $kim->id });

sub corpus {
    my ($name) = @_;
    open my $in, '<:raw', "$FindBin::Bin/fuzz/corpus/picture/$name" or die "$name: $!";
    local $/;
    return scalar <$in>;
}

my %types = (png => 'image/png', jpg => 'image/jpeg', webp => 'image/webp');

# Sends a file, as what its name says.
sub put {
    my ($user, $path, $name, %option) = @_;
    my ($ending) = $name =~ /(\w+)$/;
    return $user->put($path, $option{bytes} // corpus($name), type => $types{$ending}, %option);
}

sub seen { my ($user, $id, @option) = @_; return $user->get("/api/avatars/$id", @option) }

# Waits for the next event of a type; gives it. What came with it is for the next time.
my %come;

sub event {
    my ($tab, $type) = @_;
    my $come = $come{$tab} //= [];
    wait_until { push @$come, $tab->events(timeout => 1) if !grep { $_->{type} eq $type } @$come; grep { $_->{type} eq $type } @$come } 5;
    shift @$come while @$come && $come->[0]{type} ne $type;
    return shift @$come;
}

sub avatar_of { my ($list, $id) = @_; return (grep { ($_->{contact_id} // $_->{id}) == $id && ($_->{contact_type} // '') ne 'group' } @$list)[0]{avatar} }

# Width and height of a lossy WebP of one chunk.
sub size_of { my ($webp) = @_; return join 'x', unpack 'x26vv', $webp }

my $mine = '/api/me/avatar';

subtest 'a picture is seen by all who see the person' => sub {
    my ($tab, $hers) = map { $_->open_queue } $alex, $kim;
    my $reply = put($alex, $mine, 'plain.jpg');
    is $reply->status, 200, 'a JPEG';
    my $id = $reply->json->{avatar};
    is event($tab, 'me')->{me}{avatar}, $id, 'my other tabs are told';
    is event($hers, 'friend')->{friend}{avatar}, $id, 'and my friends';
    is $alex->get('/api/me')->json->{user}{avatar}, $id, 'it is among what is known of me';
    is $alex->patch('/api/me', { status => 'out' })->json->{user}{avatar}, $id, '... and stays';
    is event($hers, 'friend')->{friend}{status}, 'out', '... in each event';
    is avatar_of($kim->get('/api/friends')->json->{friends}, $alex->id), $id, 'among friends';
    is avatar_of($kim->post('/api/changes', {})->json->{contacts}, $alex->id), $id, 'and contacts';
    is $alex->post('/api/changes', {})->json->{me}{avatar}, $id, 'and of myself';
    is $eve->get('/api/users?username=alex')->json->{users}[0]{avatar}, $id, 'where I am found';
    is avatar_of($kim->get("/api/groups/$group")->json->{group}{members}, $alex->id), $id, 'among members';
    $eve->post('/api/friend-requests', { username => 'alex' });
    is $eve->get('/api/friend-requests')->json->{outgoing}[0]{user}{avatar}, $id, 'where I am asked';

    my $picture = seen($kim, $id);
    is $picture->status, 200, 'it is there';
    is $picture->type, 'image/webp', 'as WebP';
    is size_of($picture->body), '40x40', 'of the centred square';
    is $picture->header('Cache-Control'), 'private, max-age=31536000, immutable', 'a browser keeps it, no proxy does';
    is $picture->header('X-Content-Type-Options'), 'nosniff', 'it is nothing else';
    like $picture->header('Content-Security-Policy'), qr/default-src 'none'/, 'and does nothing';
    is seen($eve, $id)->status, 200, 'whoever is logged in and knows the id may see it';
    is $kim->head("/api/avatars/$id")->status, 200, 'HEAD';
    refused $magpie->request(GET => "/api/avatars/$id"), 401, 'no-session', undef, 'nobody else';
    my @none = map { seen($kim, $_) } Magpie->uuid, $id =~ tr/0-9a-f/1-9a-f0/r, 7, 'x', uc($id) . '0';
    refused $_, 404, 'not-found', undef, 'none' for @none;

    my $next = put($alex, $mine, 'rgb.png')->json->{avatar};
    isnt $next, $id, 'another has another id';
    refused seen($kim, $id), 404, 'not-found', undef, 'the one before';
    is $alex->delete($mine)->status, 204, 'taken away';
    is event($hers, 'friend')->{friend}{avatar}, $next, 'a friend hears of the second';
    is event($hers, 'friend')->{friend}{avatar}, undef, 'and of its end';
    refused seen($kim, $next), 404, 'not-found', undef, 'it';
    is $alex->delete($mine)->status, 204, 'twice is no harm';
};

subtest 'nothing of the file is left but its pixels' => sub {
    for my $name (qw(turned-6.jpg script.jpg behind-it.png text-bomb.png rgba.png palette.png interlaced16.png linear16.png
        progressive.jpg gray.jpg lossy.webp lossless.webp alpha.webp)) {
        my $reply = put($alex, $mine, $name);
        is $reply->status, 200, $name or diag $reply->body;
        my $webp = seen($alex, $reply->json->{avatar})->body;
        unlike $webp, qr/GPS|Exif|EXIF|XMP|ICCP|script|bomb|PK\x03/i, '... has none of its words';
        my ($riff, $len, $kind, $chunk, $pixels) = unpack 'a4Va4a4V', $webp;
        is "$riff$kind$chunk", 'RIFFWEBPVP8 ', '... is one chunk';
        is length $webp, 8 + $len, '... as long as it says';
        cmp_ok length $webp, '<=', 20 * 1024, '... and small';
    }
};

subtest 'what is refused' => sub {
    my $id = put($alex, $mine, 'plain.jpg')->json->{avatar};
    for my $name (qw(huge-sides.png many-pixels.png no-pixels.png short-pixels.png bad-crc.png wrong-length.png huge-sides.jpg no-height.jpg
        lossless.jpg arithmetic.jpg many-scans.jpg large-progressive.jpg no-end.jpg nothing.jpg
        huge-sides.webp many-pixels.webp large-lossless.webp large-alpha.webp animated.webp wide.png)) {
        refused put($alex, $mine, $name), 422, 'bad-picture', undef, $name;
    }
    refused put($alex, $mine, 'rgb.png', bytes => substr corpus('rgb.png'), 0, 100), 422, 'bad-picture', undef, 'half a PNG';
    refused put($alex, $mine, 'plain.jpg', bytes => substr corpus('plain.jpg'), 0, 500), 422, 'bad-picture', undef, 'half a JPEG';
    refused put($alex, $mine, 'lossy.webp', bytes => substr corpus('lossy.webp'), 0, 100), 422, 'bad-picture', undef, 'half a WebP';
    refused put($alex, $mine, 'rgb.png', type => 'image/jpeg'), 415, 'media-type', undef, 'a PNG that calls itself JPEG';
    refused put($alex, $mine, 'html.png'), 415, 'media-type', undef, 'a page that calls itself PNG';
    refused $alex->put($mine, corpus('gif.gif'), type => $_), 415, 'media-type', undef, "a GIF as $_" for 'image/gif', 'image/png';
    refused $alex->put($mine, corpus('rgb.png'), type => $_), 415, 'media-type', undef, 'a PNG as ' . ($_ // 'nothing')
        for 'application/json', 'image/svg+xml', 'image/pngx', 'multipart/form-data; boundary=x', '', undef;
    refused $alex->put($mine, '', type => 'image/png'), 415, 'media-type', undef, 'nothing';
    refused $alex->put("$mine?x=1", corpus('rgb.png'), type => 'image/png'), 400, 'malformed', undef, 'a query';
    refused put($alex, $mine, 'rgb.png', csrf => undef), 403, 'csrf', undef, 'without a token';
    refused put($magpie->stranger, $mine, 'rgb.png'), 401, 'no-session', undef, 'without a session';
    refused $alex->post($mine, {}), 405, 'method-not-allowed', undef, 'POST';
    is $alex->get('/api/me')->json->{user}{avatar}, $id, 'nothing of that has changed anything';
    is $magpie->psql('select count(*) from magpie.avatar'), 1, 'or is stored';
};

# Bytes behind its end are no part of a picture, so a good one may be of any size.
sub of_size { my ($size) = @_; my $jpg = corpus('plain.jpg'); return $jpg . "\0" x ($size - length $jpg) }
my $most = 2 * 1024 * 1024;

subtest 'as large as may be, and a byte more' => sub {
    is(put($alex, $mine, 'x.jpg', bytes => of_size($_))->status, 200, "$_ bytes") for 65_536, 65_537, 1_000_000, $most;
    refused put($alex, $mine, 'x.jpg', bytes => of_size($_)), 413, 'too-large', undef, "$_ bytes" for $most + 1, 3_000_000;
    refused $alex->put('/api/me', of_size(65_537), type => 'image/jpeg'), 413, 'too-large', undef, 'elsewhere: 64 KiB as ever';
    refused $alex->post('/api/send', of_size(65_537)), 413, 'too-large', undef, 'for messages as well';
    my $png = corpus('rgb.png');                                    # a PNG whose texts make it large
    my $fill = pack('N', 1_900_000) . 'iTXt' . 'x' x 1_900_000 . 'crc!';
    is put($alex, $mine, 'x.png', bytes => substr($png, 0, 33) . $fill . substr $png, 33)->status, 200, 'texts of 1.9 MB';
};

subtest 'at the worker itself' => sub {
    my $c = FastCgi->new($magpie);
    my %as = (user => $alex, params => { CONTENT_TYPE => 'image/jpeg' });
    my $bytes = request(PUT => $mine, %as, body => of_size(300_000));
    for (my $at = 0; $at < length $bytes; $at += 7_777) { $c->write(substr $bytes, $at, 7_777) }
    is $c->reply->{status}, 200, 'in pieces';
    is $c->ask(GET => '/api/me', user => $alex)->{status}, 200, 'the connection goes on';
    is(FastCgi->new($magpie)->ask(PUT => $mine, %as, body => of_size($most))->{status}, 200, '2 MiB');
    my $large = FastCgi->new($magpie);
    $large->write(request(PUT => $mine, %as, body => of_size($most + 1)));
    is $large->reply->{status}, 413, 'a byte more';
    ok $large->closed && length $large->left == 8, 'behind which the connection ends, and no other request gets it from nginx';
    my $wrong = FastCgi->new($magpie);
    $wrong->write(request(PUT => '/api/me', %as, body => of_size(65_537)));
    is $wrong->reply->{status}, 413, 'another path';
    $wrong = FastCgi->new($magpie);
    $wrong->write(request(POST => $mine, %as, body => of_size(65_537)));
    is $wrong->reply->{status}, 413, 'another method';
};

subtest 'few at once' => sub {
    my $uploads = sub { my $page = $magpie->request(GET => '/metrics')->body; return $page =~ /^magpie_uploads\{[^}]*\} (\d+)$/m ? $1 : die $page };
    my @held = map { FastCgi->new($magpie) } 1 .. 2;
    my $bytes = request(PUT => $mine, user => $alex, params => { CONTENT_TYPE => 'image/jpeg' }, body => of_size(200_000));
    $_->write(substr $bytes, 0, 150_000) for @held;
    ok wait_until { $uploads->() == 2 }, 'two are coming';
    my $reply = put($alex, $mine, 'x.jpg', bytes => of_size(200_000));
    refused $reply, 503, 'busy', undef, 'a third';
    refused put($alex, $mine, 'x.jpg', bytes => of_size($most)), 503, 'busy', undef, '... however large';
    is $alex->get('/api/me')->status, 200, 'all else goes on';
    is put($alex, $mine, 'plain.jpg')->status, 200, 'and small pictures are no burden';
    $held[0]->write(substr $bytes, 150_000);
    is $held[0]->reply->{status}, 200, 'one of the two comes to its end';
    is put($alex, $mine, 'x.jpg', bytes => of_size(200_000))->status, 200, 'then there is room';
    undef @held;
    ok wait_until { $uploads->() == 0 }, 'who leaves holds nothing';
};

subtest 'a group' => sub {
    my $path = "/api/groups/$group/avatar";
    my ($hers) = $kim->open_queue;
    my $id = put($alex, $path, 'plain.jpg')->json->{avatar};
    ok $id, 'the owner sets it';
    my $message = event($hers, 'message')->{message};
    is_deeply $message->{notice}, { what => 'group-avatar', avatar => $id, by => { id => $alex->id, name => 'Alex' } }, 'members read of it';
    is $kim->get("/api/groups/$group")->json->{group}{avatar}, $id, 'and see it';
    is $kim->get('/api/groups')->json->{groups}[0]{avatar}, $id, 'among their groups';
    is seen($kim, $id)->status, 200, 'as a picture';
    refused put($kim, $path, 'plain.jpg'), 403, 'not-allowed', undef, 'a member';
    refused $kim->delete($path), 403, 'not-allowed', undef, 'a member removes';
    my @none = map { [put($_->[0], "/api/groups/$_->[1]/avatar", 'plain.jpg'), $_->[0]->delete("/api/groups/$_->[1]/avatar")] }
        [$eve, $group], [$eve, 999_999], [$alex, 999_999];
    refused $_, 404, 'not-found', undef, 'not there, or not mine' for map { @$_ } @none;
    is $none[0][$_]->body, $none[1][$_]->body, '... in the same words' for 0, 1;
    refused put($alex, '/api/groups/x/avatar', 'plain.jpg'), 400, 'malformed', 'id', 'no id';
    is put($alex, $path, 'x.jpg', bytes => of_size($most))->status, 200, '2 MiB';
    is $alex->delete($path)->status, 204, 'the owner removes it';
    ok event($hers, 'message')->{message}{notice}{avatar}, 'members hear of the second';
    is_deeply event($hers, 'message')->{message}{notice}, { what => 'group-avatar', by => { id => $alex->id, name => 'Alex' } }, 'and of its end';
    is $kim->get("/api/groups/$group")->json->{group}{avatar}, undef, 'it is gone';
};

subtest 'logins and pictures wait for themselves alone' => sub {
    my $large = of_size(60_000);
    my @pending = map { $alex->begin(PUT => $mine, $large, type => 'image/jpeg') } 1 .. 12;
    my @logins = map { $eve->other_browser } 1 .. 3;
    is scalar @logins, 3, 'people log in while pictures come';
    my %statuses = map { $_->wait(30)->status => 1 } @pending;
    delete @statuses{200, 503};
    is_deeply [keys %statuses], [], 'each picture is taken, or told to come again';
};

subtest 'often' => sub {
    my $limited = Magpie->start(workers => 1, limits => 1, set => 'limits.picture_burst=3 limits.picture_rate=1 limits.avatar_burst=4 limits.avatar_rate=1');
    my $sam = $limited->user('sam');
    my @ids = map { put($sam, $mine, 'rgb.png')->json->{avatar} } 1 .. 3;
    refused put($sam, $mine, 'rgb.png'), 429, 'too-many-requests', undef, 'a fourth picture';
    is $sam->get('/api/me')->status, 200, 'all else goes on';
    my @statuses = map { seen($sam, $ids[2])->status } 1 .. 6;
    is $statuses[0], 200, 'it is looked at';
    is $statuses[-1], 429, 'not without end';
};

done_testing;
