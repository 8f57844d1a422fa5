#!/usr/bin/perl
# docs/openapi.yaml says what is: the routes of main.c, the problems of problem.c and of nginx, and
# what a running copy answers.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(uniq);
use Test::More;
use Magpie;
use OpenApi;

my $root = Magpie->root;
my $api  = OpenApi->read("$root/docs/openapi.yaml");

sub text_of {
    my ($path) = @_;
    open my $in, '<:encoding(UTF-8)', "$root/$path" or die "$path: $!";
    local $/;
    return scalar <$in>;
}

# /api/groups/ID/members/USER is /api/groups/{id}/members/{user}.
subtest 'the routes are those of main.c' => sub {
    my @coded = map { s{/([A-Z]+)(?=/|$)}{/\{\L$1\}}gr } text_of('fcgi/main.c') =~ /ROUTE(?:_UPLOAD)?\("(\w+)", "([^"]+)"/g;
    my @routes;
    push @routes, join ' ', splice @coded, 0, 2 while @coded;
    cmp_ok scalar @routes, '>', 20, 'main.c was understood';
    is_deeply [sort map { uc($_->[1]) . " $_->[0]" } $api->operations], [sort @routes], 'both ways';
};

my $problems  = $api->at('components', 'schemas', 'ProblemType', 'x-problems');
my @elsewhere = (map { $api->root->{$_}->@* } qw(x-problems-everywhere x-problems-elsewhere));

subtest 'the problems are those of problem.c and of nginx' => sub {
    my %coded;
    my $catalogue = text_of('fcgi/problem.c') =~ s/"\s+"//gr;
    while ($catalogue =~ /\[PROBLEM_\w+\] = \{\s*"([^"]+)",\s*(\d+),\s*"([^"]+)",?\s*\}/g) {
        $coded{$1} = { status => $2, title => $3 } if $1 ne 'none';
    }
    is_deeply { map { $_ => $problems->{$_} // 'is not described' } keys %coded }, \%coded, 'each of problem.c is described';

    my $http = text_of('nginx/http.conf');
    my %maps;
    for my $map (qw(magpie_problem magpie_problem_title)) {
        my ($inside) = $http =~ /^map \$status \$$map \{\n(.*?)^\}/ms;
        $maps{$map} = { $inside =~ /^ +(\d+|default) (?|"([^"]+)"|([\w-]+));/gm };
    }
    my %by_nginx;
    for my $status (keys $maps{magpie_problem}->%*) {
        my $name = $maps{magpie_problem}{$status};
        my $number = $status eq 'default' ? 500 : $status;
        $by_nginx{$name} = 1;
        is $problems->{$name}{status}, $number, "nginx's $name is $number";
        is $problems->{$name}{title}, $maps{magpie_problem_title}{$status}, 'with its title' if !$coded{$name};
    }
    is_deeply [grep { !$coded{$_} && !$by_nginx{$_} } sort keys %$problems], [], 'nobody else has any';
    is_deeply [sort map { s/^urn:magpie:problem://r } $api->at(qw(components schemas ProblemType enum))->@*],
        [sort keys %$problems], 'the types are the same';
};

subtest 'each route' => sub {
    my %used = map { $_ => 1 } @elsewhere;
    for ($api->operations) {
        my ($path, $method, $operation) = @$_;
        my $what = uc($method) . " $path";
        my @named = $operation->{'x-problems'}->@*;
        $used{$_} = 1 for @named;
        my %statuses = map { $_ => 1 } grep { /^[45]/ } keys $operation->{responses}->%*;
        my %reasons  = map { ($problems->{$_}{status} // "$_: no problem") => 1 } @named;
        delete @statuses{400, 503} if !$reasons{400} || !$reasons{503};
        delete @reasons{400, 503};
        delete @statuses{400, 503};
        is_deeply \%statuses, \%reasons, "$what: its statuses are those of its problems";
        is scalar(uniq @named), @named, '... named once';
        ok $operation->{responses}{default}, '... and there are all others';
        my $unsafe = $method ne 'get' && !(ref $operation->{security} && !$operation->{security}->@*);
        is !!(grep { $_ eq 'csrf' } @named), !!$unsafe, '... csrf is checked of what changes something';
        is_deeply $operation->{security}, [{ session => [], csrf => [] }], '... and said so' if $unsafe;
        my @in_path = $path =~ /\{(\w+)\}/g;
        my @described = map { $api->resolve($_)->{name} } ($api->root->{paths}{$path}{parameters} // [])->@*;
        is_deeply [sort @described], [sort @in_path], '... the ids of its path are described';
    }
    is_deeply [grep { !$used{$_} } sort keys %$problems], [], 'every problem is some route\'s';
};

# Everything that has an example beside a schema.
sub examples {
    my ($node, $at) = @_;
    return map { examples($node->[$_], "$at/$_") } 0 .. $#$node if ref $node eq 'ARRAY';
    return if ref $node ne 'HASH';
    my @found;
    if ($node->{schema}) {
        push @found, [ "$at/example", $node->{schema}, $node->{example} ] if exists $node->{example};
        push @found, map { [ "$at/$_", $node->{schema}, $node->{examples}{$_}{value} ] } sort keys(($node->{examples} // {})->%*);
    }
    return @found, map { examples($node->{$_}, "$at/$_") } grep { !/^examples?$/ } sort keys %$node;
}

subtest 'the examples fit their schemas' => sub {
    my @examples = examples($api->root, '');
    cmp_ok scalar @examples, '>', 30, 'there are some';
    is_deeply [$api->differences($_->[1], $_->[2])], [], $_->[0] for @examples;
};

my $magpie = Magpie->start(workers => 1);
my %asked;

# What was answered is among what is described.
sub fits {
    my ($reply, $method, $path, $what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $asked{ uc($method) . " $path" } = 1;
    my $operation = $api->at('paths', $path, $method);
    my $status    = $reply->status;
    my $response  = $api->resolve($operation->{responses}{$status} // $operation->{responses}{default});
    my @wrong;
    if ($status < 400) {
        @wrong = "$status is not described" if !$operation->{responses}{$status};
    }
    elsif (!grep { $_ eq $reply->problem } $operation->{'x-problems'}->@*, $api->root->{'x-problems-everywhere'}->@*) {
        @wrong = $reply->problem . ' is not described';
    }
    for my $header (grep { $_ ne 'Set-Cookie' } keys(($response->{headers} // {})->%*)) {
        push @wrong, "$header is missing" if !defined $reply->header($header);
    }
    my ($type) = keys(($response->{content} // {})->%*);
    push @wrong, "is $_" for grep { $_ ne ($type // '') } $reply->type;
    my $value = ($type // '') =~ /json$/ ? $reply->json : $reply->body;
    push @wrong, $api->differences($response->{content}{$type}{schema}, $value) if $type;
    return is_deeply \@wrong, [], $what // uc($method) . " $path: $status";
}

sub ask {
    my ($user, $method, $path, $body, %in_path) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($real, $query) = split /(?=\?)/, $path;
    my $described = $real;
    $real =~ s/\{(\w+)\}/$in_path{$1}/g;
    my $reply = $user->request(uc $method, $real . ($query // ''), $body);
    fits($reply, $method, $described);
    return $reply;
}

my ($alex, $kim, $eve) = map { Magpie::User->new($magpie, $_) } qw(alex kim eve);
for my $user ($alex, $kim, $eve) {
    $user->{password} = 'correct horse';
    fits($user->register(ucfirst $user->username), 'post', '/api/register');
}

subtest 'accounts' => sub {
    fits($alex->register('Alex'), 'post', '/api/register', 'twice');
    fits($alex->login, 'post', '/api/login');
    fits($magpie->stranger->post('/api/login', { username => 'alex', password => 'wrong horse' }), 'post', '/api/login', 'in vain');
    fits($magpie->stranger->post('/api/login', 'x', type => 'text/plain'), 'post', '/api/login', 'as text');
    fits($magpie->stranger->post('/api/login', {}, headers => [Origin => 'null']), 'post', '/api/login', 'from nowhere');
    ask($alex, 'get', '/api/me');
    ask($magpie->stranger, 'get', '/api/me');
    fits($alex->post('/api/logout', {}, csrf => 'x'), 'post', '/api/logout', 'without a token');
    fits($alex->other_browser->logout, 'post', '/api/logout');
};

my $tab = $alex->open_queue;

subtest 'friends and groups' => sub {
    ask($alex, 'get', "/api/$_") for 'friends', 'groups', 'friend-requests';
    my $id = ask($kim, 'post', '/api/friend-requests', { username => 'alex', note => 'It is me, Kim' })->json->{id};
    ask($kim, 'post', '/api/friend-requests', { username => $_ }) for 'alex', 'kim', 'nobody', '', 7;
    ask($_, 'get', '/api/friend-requests') for $alex, $kim;
    ask($_, 'post', '/api/friend-requests/{id}/accept', {}, id => $id) for $kim, $alex;
    ask($kim, 'post', '/api/friend-requests', { username => 'alex' });
    $id = ask($eve, 'post', '/api/friend-requests', { username => 'alex' })->json->{id};
    ask($_, 'delete', '/api/friend-requests/{id}', {}, id => $id) for $alex, $eve, $eve;
    $id = ask($eve, 'post', '/api/friend-requests', { username => 'alex' })->json->{id};
    ask($alex, 'post', '/api/friend-requests/{id}/accept', { list_id => $_ }, id => $id) for 7, 'x';
    ask($_, 'post', '/api/friend-requests/{id}/reject', {}, id => $id) for $kim, $alex;
    ask($eve, 'post', '/api/friend-requests', { username => 'alex' });
    is ask($alex, 'post', '/api/friend-requests', { username => 'eve' })->json->{accepted}, 1, 'each has asked the other';
    ask($alex, 'get', '/api/friends');
    ask($alex, 'get', '/api/friends?limit=0');
    my $list = ask($alex, 'post', '/api/friend-lists', { name => 'Family' })->json->{list}{id};
    ask($alex, 'post', '/api/friend-lists', { name => $_ }) for 'FAMILY', '';
    ask($alex, 'patch', '/api/friends/{id}', { remark => 'K', list_id => $_ }, id => $kim->id) for $list, 999, 'x';
    ask($_, 'patch', '/api/friend-lists/{id}', { place => 1 }, id => $list) for $alex, $kim;
    ask($alex, 'get', '/api/friend-lists');
    ask($_, 'delete', '/api/friend-lists/{id}', {}, id => $list) for $alex, $kim;

    ask($alex, 'post', '/api/blocks', { user_id => $_ }) for $eve->id, $alex->id, 999, 'x';
    ask($alex, 'post', '/api/friend-requests', { username => 'eve' });
    ask($alex, 'get', '/api/blocks');
    ask($alex, 'delete', '/api/blocks/{id}', {}, id => $_) for $eve->id, $eve->id;
    ask($eve, 'post', '/api/friend-requests', { username => 'alex' });
    ask($alex, 'post', '/api/friend-requests', { username => 'eve' });

    ask($alex, 'get', "/api/users?$_") for 'username=eve', 'username=kim', 'prefix=ev', 'prefix=e', 'id=' . $kim->id, 'id=0';
    ask($alex, 'patch', '/api/settings', $_) for { find_me => 'nobody' }, { find_me => 'exact' }, { find_me => 'everybody' }, { find_me => 'me' },
        { presence => 'busy', last_seen => 'nobody' }, { presence => 'away' };
    ask($alex, 'get', '/api/settings');

    ask($alex, 'patch', '/api/me', $_) for { status => 'Out' }, { name => '' };

    my $group = ask($alex, 'post', '/api/groups', { name => 'Birds', max_members => 2 })->json->{group}{id};
    ask($alex, 'post', '/api/groups', { name => 'BIRDS' });
    ask($kim, 'post', '/api/groups', { name => 'Trees', description => 'Tall ones' });
    ask($alex, 'post', '/api/groups/{id}/members', { user_id => $_->id }, id => $group) for $kim, $kim, $eve;
    ask($kim, 'post', '/api/groups/{id}/members', { user_id => $alex->id }, id => $group);
    ask($alex, 'post', '/api/groups/{id}/members', { user_id => 999 }, id => $group);
    ask($eve, 'post', '/api/groups/{id}/members', { user_id => $alex->id }, id => $group);
    ask($_, 'get', '/api/groups/{id}', undef, id => $group) for $alex, $kim, $eve;
    ask($alex, 'get', '/api/groups');
    ask($alex, 'get', '/api/groups/{id}', undef, id => 0);

    for my $user ($kim, $eve, $alex) {
        ask($user, 'patch', '/api/groups/{id}', $_, id => $group) for { description => 'Of prey', slow_mode => 3600, history => 'all' }, { muted => 1 }, { max_members => 501 };
        ask($user, 'put', '/api/groups/{id}/announcement', $_, id => $group) for { text => 'Look up' }, { text => ' ' };
        ask($user, 'post', '/api/groups/{id}/announcement/seen', {}, id => $group);
        ask($user, 'patch', '/api/groups/{id}/members/{user}', $_, id => $group, user => $kim->id) for { mute_for => 60 }, { nickname => 'K' }, {};
    }
    ask($_, 'get', '/api/groups/{id}', undef, id => $group) for $alex, $kim;
    ask($alex, 'patch', '/api/groups/{id}', $_, id => $group) for { name => 'Trees' }, { name => 'Raptors' }, { max_members => 3 }, { max_members => 2 };
    my @slow = (contact_type => 'group', to => $group, msg => 'hello');
    ask($kim, 'post', '/api/send', { @slow, client_id => Magpie->uuid });
    ask($alex, 'patch', '/api/groups/{id}/members/{user}', { mute_for => 0 }, id => $group, user => $kim->id);
    ask($kim, 'post', '/api/send', { @slow, client_id => Magpie->uuid }) for 1, 2;
    ask($alex, 'patch', '/api/groups/{id}', { slow_mode => 0 }, id => $group);
    ask($alex, 'patch', '/api/groups/{id}/members/{user}', { role => 'admin' }, id => $group, user => $kim->id);
    ask($_, 'post', '/api/groups/{id}/owner', { user_id => $alex->id }, id => $group) for $eve, $kim, $alex;
    ask($alex, 'post', '/api/groups/{id}/owner', { user_id => $_->id }, id => $group) for $eve, $kim;
    ask($kim, 'post', '/api/groups/{id}/owner', { user_id => $alex->id }, id => $group);
    my $short = ask($alex, 'post', '/api/groups', { name => 'Short-lived' })->json->{group}{id};
    ask($_, 'delete', '/api/groups/{id}', {}, id => $short) for $kim, $alex, $alex;
    my $picture = do { open my $in, '<:raw', "$root/t/fuzz/corpus/picture/plain.jpg" or die $!; local $/; <$in> };
    my %as = ('/api/me/avatar' => '/api/me/avatar', '/api/groups/{id}/avatar' => "/api/groups/$group/avatar");
    for my $path (sort keys %as) {
        for my $user ($alex, $kim, $eve) {
            fits($user->put($as{$path}, $_->[1], type => $_->[0]), 'put', $path) for ['image/jpeg', $picture], ['image/jpeg', substr $picture, 0, 400], ['image/gif', 'GIF'];
        }
    }
    ask($eve, 'get', '/api/avatars/{id}', undef, id => $_) for $alex->get('/api/me')->json->{user}{avatar}, 7;
    ask($alex, 'get', '/api/friends');
    ask($_, 'get', '/api/groups/{id}', undef, id => $group) for $alex, $kim;
    ask($_, 'delete', '/api/groups/{id}/avatar', {}, id => $group) for $alex, $kim, $eve;
    ask($_, 'delete', '/api/me/avatar') for $alex, $kim;

    my @send = (contact_type => 'group', to => $group, msg => 'hello', client_id => Magpie->uuid);
    ask($kim, 'post', '/api/send', {@send}) for 1, 2;
    ask($kim, 'post', '/api/send', { @send, msg => 'again' });
    ask($eve, 'post', '/api/send', {@send});
    ask($eve, 'post', '/api/send', { @send, contact_type => 'single' });
    ask($eve, 'post', '/api/send', { @send, msg => ' ' });
    ask($alex, 'post', '/api/send', { @send, contact_type => 'single', to => $kim->id });
    my $history = "/api/history?contact_type=group&contact_id=$group";
    ask($_, 'get', $history) for $alex, $kim, $eve;
    ask($alex, 'get', "$history&after_rev=1&limit=1");
    ask($alex, 'get', "$history&after_rev=1&before=1");
    ask($_, 'post', '/api/read', { contact_type => 'group', contact_id => $group, seq => 3 }) for $alex, $kim, $eve;
    for my $user ($alex, $kim, $eve) {
        ask($user, 'patch', '/api/conversations/{type}/{id}', $_, type => 'group', id => $group) for { pinned => \1 }, { hidden => 1 };
        ask($user, 'post', '/api/conversations/{type}/{id}/clear', $_, type => 'group', id => $group) for { seq => 1 }, { seq => 0 };
    }
    ask($_, 'delete', '/api/groups/{id}/members/{user}', {}, id => $group, user => $alex->id) for $alex, $kim, $eve;
    ask($kim, 'delete', '/api/groups/{id}/members/{user}', {}, id => $group, user => $kim->id);
    ask($alex, 'delete', '/api/friends/{id}', {}, id => $_) for $eve->id, $eve->id;
};

subtest 'coming into groups' => sub {
    my ($group, $public) = map { $alex->post('/api/groups', { name => $_ })->json->{group}{id} } 'Rocks', 'Open rocks';
    $magpie->psql("update magpie.chat_group set visibility = 'public' where id = $public");
    $kim->befriend($alex);
    ask($alex, 'get', "/api/public-groups?$_") for 'q=ROCK', 'q=r', 'q=rocks&limit=1';
    ask($eve, 'get', '/api/groups/{id}', undef, id => $_) for $public, $group;
    ask($eve, 'post', '/api/groups/{id}/join', {}, id => $_) for $public, $public, $group;
    ask($_, 'get', '/api/groups/{id}/join-requests', undef, id => $public) for $alex, $eve;
    ask($_, 'delete', '/api/groups/{id}/join', {}, id => $public) for $eve, $eve;
    ask($eve, 'post', '/api/groups/{id}/join', { note => 'please' }, id => $public);
    ask($alex, 'post', '/api/groups/{id}/join-requests/{user}/reject', {}, id => $public, user => $eve->id) for 1, 2;
    ask($eve, 'post', '/api/groups/{id}/join', { note => $_ }, id => $public) for 7, 'please';
    ask($_, 'post', '/api/groups/{id}/join-requests/{user}/accept', {}, id => $public, user => $eve->id) for $kim, $alex, $alex;
    ask($eve, 'get', '/api/groups/{id}/join-requests', undef, id => $public);
    ask($eve, 'post', '/api/groups/{id}/join', {}, id => $public);

    ask($alex, 'post', '/api/groups/{id}/invitations', { user_id => $_ }, id => $group) for $kim->id, $kim->id, 999, 'x';
    ask($_, 'get', '/api/groups/{id}/invitations', undef, id => $group) for $alex, $kim;
    ask($_, 'delete', '/api/groups/{id}/invitations/{user}', {}, id => $group, user => $kim->id) for $kim, $alex;
    my $id = ask($alex, 'post', '/api/groups/{id}/invitations', { user_id => $kim->id }, id => $group)->json->{id};
    ask($kim, 'get', '/api/group-invitations');
    ask($_, 'post', '/api/group-invitations/{id}/reject', {}, id => $id) for $eve, $kim;
    $id = ask($alex, 'post', '/api/groups/{id}/invitations', { user_id => $kim->id }, id => $group)->json->{id};
    ask($_, 'post', '/api/group-invitations/{id}/accept', {}, id => $id) for $eve, $kim;
    ask($alex, 'post', '/api/groups/{id}/invitations', { user_id => $kim->id }, id => $group);

    my $link = ask($alex, 'post', '/api/groups/{id}/links', { expires_in => 300, max_uses => 1 }, id => $group)->json->{link};
    ask($_, 'post', '/api/groups/{id}/links', { expires_in => 300, max_uses => 1 }, id => $group) for $kim, $eve;
    ask($alex, 'post', '/api/groups/{id}/links', { expires_in => 1, max_uses => 1 }, id => $group);
    ask($_, 'get', '/api/groups/{id}/links', undef, id => $group) for $alex, $kim, $eve;
    ask($eve, 'post', '/api/group-links/look', { token => $_ }) for $link->{token}, 'f' x 32, '';
    ask($kim, 'post', '/api/group-links/look', { token => $link->{token} });
    ask($_, 'post', '/api/group-links/join', { token => $link->{token} }) for $kim, $eve, $eve;
    ask($_, 'delete', '/api/groups/{id}/links/{link}', {}, id => $group, link => $link->{id}) for $kim, $alex;

    ask($_, 'post', '/api/groups/{id}/bans', { user_id => $eve->id }, id => $group) for $kim, $alex, $eve;
    ask($alex, 'post', '/api/groups/{id}/bans', { user_id => $_ }, id => $group) for $alex->id, 999, 'x';
    ask($_, 'get', '/api/groups/{id}/bans', undef, id => $group) for $alex, $kim, $eve;
    $eve->befriend($alex);
    ask($alex, 'post', '/api/groups/{id}/members', { user_id => $eve->id }, id => $group);
    ask($alex, 'post', '/api/groups/{id}/invitations', { user_id => $eve->id }, id => $group);
    ask($_, 'delete', '/api/groups/{id}/bans/{user}', {}, id => $group, user => $eve->id) for $kim, $alex, $alex;
    ask($alex, 'get', "/api/history?contact_type=group&contact_id=$group");
    ask($alex, 'delete', '/api/friends/{id}', {}, id => $eve->id);
    ask($alex, 'get', '/api/group-invitations?limit=0');
};

subtest 'sessions' => sub {
    my $una = Magpie::User->new($magpie, 'una');
    $una->{password} = 'correct horse';
    $una->register('Una');
    $una->befriend($alex);
    $una->send(to => $alex, msg => 'to be forgotten');
    my $other = $una->other_browser;
    my ($id) = map { $_->{id} } grep { !$_->{current} } ask($una, 'get', '/api/sessions')->json->{sessions}->@*;
    ask($una, 'get', "/api/sessions?$_") for 'limit=1', 'limit=x';
    ask($_, 'delete', '/api/sessions/{id}', {}, id => $id) for $alex, $una, $una;
    ask($other, 'get', '/api/sessions');
    ask($una, 'delete', '/api/sessions', $_) for {}, { all => 1 };
    ask($una, 'post', '/api/password', $_) for { old => 'wrong horse', new => 'battery staple' }, { old => 'correct horse', new => 'short' },
        { old => 'correct horse', new => 'battery staple' };
    ask($una, 'post', '/api/me/delete', $_) for { password => 'correct horse', messages => 'delete' }, { password => 'battery staple' },
        { password => 'battery staple', messages => 'delete' }, { password => 'battery staple', messages => 'delete' };
    ask($alex, 'get', '/api/history?contact_type=single&contact_id=' . $una->id);
    ask($alex, 'post', '/api/changes');
};

subtest 'receiving' => sub {
    my @have = map { { contact_type => $_, contact_id => $kim->id, rev => 1 } } qw(single group);
    ask($_, 'post', '/api/queues', { have => \@have }) for $alex, $kim;
    ask($alex, 'post', '/api/changes', { have => [{ contact_type => 'single', contact_id => $kim->id, rev => $_ }] }) for 0, 99;
    ask($alex, 'post', '/api/changes');
    ask($alex, 'post', '/api/changes', { have => 7 });

    my $reply = $tab->poll(timeout => 0);
    fits($reply, 'get', '/api/receive', 'events');
    my %types = map { $_->{type} => 1 } $reply->json->{events}->@*;
    my $next  = $reply->json->{next};
    $kim->open_queue->poll(timeout => 0);                  # who holds a poll is online
    ok wait_until {
        my $more = $tab->poll(timeout => 1, after => $next);
        $types{ $_->{type} } = 1 for $more->json->{events}->@*;
        $next = $more->json->{next};
        !$more->json->{events}->@* || $types{presence};
    } 5;
    is_deeply [sort keys %types], [sort keys $api->at(qw(components schemas Event discriminator mapping))->%*],
        'every kind of event came';
    fits($tab->poll(timeout => 0, after => $next, revs => 1), 'get', '/api/receive', 'behind');
    my $held = $tab->begin(after => $next, timeout => 20);
    ok wait_until { $magpie->request(GET => '/metrics')->body =~ /^magpie_parked_polls\{worker="\d+"\} 1$/m } 5;
    fits($tab->poll(timeout => 0, after => $next), 'get', '/api/receive', 'none');
    fits($held->wait(5), 'get', '/api/receive', 'replaced');
    fits($tab->poll(timeout => 0, after => $next + 9), 'get', '/api/receive', 'beyond');
    fits($alex->get('/api/receive?queue=x'), 'get', '/api/receive', 'malformed');
    fits($magpie->stranger->get($tab->path), 'get', '/api/receive', 'of another');
};

subtest 'operations' => sub {
    ask($magpie->stranger, 'get', $_) for qw(/healthz /readyz /metrics);
};

subtest 'elsewhere' => sub {
    my %status = (404 => $alex->get('/api/nothing'), 405 => $alex->put('/api/me', {}), 413 => $alex->post('/api/send', 'x' x 65_537));
    for my $status (sort keys %status) {
        is $status{$status}->status, $status, "status $status";
        is_deeply [$api->differences($api->at(qw(components schemas Problem)), $status{$status}->json)], [], '... is a problem';
        ok +(grep { $_ eq $status{$status}->problem } @elsewhere), '... that is described';
    }
};

is_deeply [grep { !$asked{$_} } map { uc($_->[1]) . " $_->[0]" } $api->operations], [], 'every route was asked';
done_testing;
