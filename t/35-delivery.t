#!/usr/bin/perl
# What many do at once: a message is there once, numbers have no holes, limits are exact, everybody who
# is to hear it does, in order, and nobody else.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(shuffle);
use Test::More;
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2, set => 'db.connections=4');
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');

sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }

sub to_send {
    my ($from, $to, $msg, $client_id) = @_;
    my ($type, $id) = ref $to ? (single => $to->id) : (group => $to);
    return [POST => '/api/send', { contact_type => $type, to => 0 + $id, msg => $msg, client_id => $client_id // Magpie->uuid }, $from];
}

# How many times each value is there.
sub tally { my %count; $count{$_}++ for @_; return \%count }

# All the messages that a tab gets until it has `count` of them; and whether more follow.
sub gather {
    my ($tab, $count) = @_;
    my @got;
    wait_until { push @got, $tab->receive(timeout => 1); @got >= $count } 10;
    push @got, $tab->receive(timeout => 0);
    return @got;
}

sub history {
    my ($user, $type, $id) = @_;
    my (@all, $page);
    do {
        my $after = @all ? $all[-1]{rev} : 0;
        $page = $user->get("/api/history?contact_type=$type&contact_id=$id&after_rev=$after&limit=200")->json;
        push @all, @{ $page->{messages} };
    } while $page->{more};
    return @all;
}

subtest 'one message, fifty times at once' => sub {
    settle();
    my @tabs = ($kim->open_queue, $kim->other_browser->open_queue, $alex->open_queue);
    my $send = to_send($alex, $kim, 'only once');
    my @answers = $magpie->parallel(($send) x 50);
    is_deeply tally(map { $_->status } @answers), { 201 => 1, 200 => 49 }, 'is committed once, and 49 are told so';
    my %texts = map { $_->body => 1 } @answers;
    is scalar keys %texts, 1, 'all in the same words';
    is $magpie->psql(q(select count(*) from magpie.message where msg = 'only once')), 1, 'and there is one row';
    is_deeply [map { $_->{msg} } gather($_, 1)], ['only once'], 'each tab gets it once' for @tabs;
};

subtest 'one key, two texts' => sub {
    my $client_id = Magpie->uuid;
    my @answers = $magpie->parallel(map { to_send($alex, $kim, $_ % 2 ? 'this' : 'that', $client_id) } 1 .. 20);
    my %count = %{ tally(map { $_->status } @answers) };
    is_deeply \%count, { 201 => 1, 200 => 9, 409 => 10 }, 'one text is taken, the other refused';
    is scalar(grep { $_->{client_id} eq $client_id } history($kim, single => $alex->id)), 1, 'and is there once';
};

subtest 'many senders, one conversation' => sub {
    my $group = $alex->post('/api/groups', { name => 'crowd' })->json->{group}{id};
    my @crowd = map { $magpie->user("crowd$_", friends => [$alex]) } 1 .. 5;
    $alex->post("/api/groups/$group/members", { user_id => $_->id }) for @crowd;
    settle();
    my @tabs = map { $_->open_queue } @crowd[0, 1];
    my $other = $eve->open_queue;
    my @sends = map { my $n = $_; map { to_send($_, $group, $_->username . " $n") } @crowd } 1 .. 30;
    my @answers = $magpie->parallel(@sends);
    is_deeply tally(map { $_->status } @answers), { 201 => 150 }, 'all are committed';
    is_deeply [sort { $a <=> $b } map { $_->json->{message}{seq} } @answers], [7 .. 156], 'without a hole in the numbers';
    my @history = history($crowd[2], group => $group);
    my %answered = map { $_->json->{message}{seq} => $_->json->{message}{msg} } @answers;
    is_deeply { map { $_->{seq} => $_->{msg} } grep { $_->{kind} eq 'text' } @history }, \%answered, 'history agrees with the answers';
    for my $tab (@tabs) {
        my @got = gather($tab, 150);
        is scalar @got, 150, 'a tab gets as many';
        is_deeply { map { $_->{seq} => $_->{msg} } @got }, \%answered, 'and the same';
    }
    is_deeply [$other->events(timeout => 0)], [], 'a stranger hears nothing';
};

subtest 'one sender keeps the order' => sub {
    settle();
    my $tab = $kim->open_queue;
    for my $n (1 .. 20) {
        is $alex->send(to => $kim, msg => "in order $n")->status, 201, "message $n";
    }
    my @got = gather($tab, 20);
    is_deeply [map { $_->{msg} } sort { $a->{seq} <=> $b->{seq} } @got], [map { "in order $_" } 1 .. 20], 'by their numbers';
};

subtest 'a batch with bad ones in it' => sub {
    my $group = $eve->post('/api/groups', { name => 'private' })->json->{group}{id};
    my $taken = Magpie->uuid;
    $alex->send(to => $kim, msg => 'was here before', client_id => $taken);
    my $twice = Magpie->uuid;
    my @sends = (
        (map { [to_send($alex, $kim, "good $_"), 201] } 1 .. 40),
        (map { [to_send($alex, $eve, 'x'),      403] } 1 .. 5),
        (map { [to_send($alex, $group, 'x'),    403] } 1 .. 5),
        [to_send($alex, $kim, 'another text', $taken), 409],
        [to_send($alex, $kim, 'was here before', $taken), 200],
        [to_send($alex, 999_999_999, 'x'), 403],
        (map { [[POST => '/api/send', { contact_type => 'single', to => $kim->id, msg => '', client_id => Magpie->uuid }, $alex], 400] } 1 .. 3),
        (map { [to_send($eve, $group, "to myself $_"), 201] } 1 .. 5),
    );
    for my $round (1 .. 3) {
        my @shuffled = shuffle @sends;
        my @answers  = $magpie->parallel(map { $_->[0] } @shuffled);
        my @expected = map { $round > 1 && $_->[1] == 201 ? 200 : $_->[1] } @shuffled;
        is_deeply [map { $_->status } @answers], \@expected, 'each has its own answer' . ($round > 1 ? ', also again' : '');
    }
    my %seen = %{ tally(map { $_->{msg} } history($kim, single => $alex->id)) };
    is_deeply [map { $seen{"good $_"} } 1 .. 40], [(1) x 40], 'the good ones are there, once';
};

subtest 'the last place in a group, fifty at once' => sub {
    my $group = $alex->post('/api/groups', { name => 'small', max_members => 3 })->json->{group}{id};
    $alex->post("/api/groups/$group/members", { user_id => $kim->id });
    my @many = map { $magpie->user("joiner$_", friends => [$alex]) } 1 .. 50;
    my @answers = $magpie->parallel(map { [POST => "/api/groups/$group/members", { user_id => $_->id }, $alex] } @many);
    is_deeply tally(map { $_->status } @answers), { 201 => 1, 409 => 49 }, 'one gets it';
    is_deeply tally(map { $_->problem } grep { $_->status == 409 } @answers), { 'group-full' => 49 }, 'the others find it full';
    is scalar @{ $alex->get("/api/groups/$group")->json->{group}{members} }, 3, 'three are in it';
    is_deeply [map { $_->{seq} } history($alex, group => $group)], [1 .. 3], 'and the conversation has no hole';
    my @in = grep { @{ $_->get('/api/groups')->json->{groups} } } @many;
    is scalar @in, 1, 'one of them sees it';
};

subtest 'one friend added many times at once' => sub {
    my $group = $alex->post('/api/groups', { name => 'twice' })->json->{group}{id};
    my @answers = $magpie->parallel(map { [POST => "/api/groups/$group/members", { user_id => $kim->id }, $alex] } 1 .. 10);
    is_deeply tally(map { $_->problem || $_->status } @answers), { 201 => 1, 'already-member' => 9 }, 'is added once';
    is_deeply [map { $_->{notice}{what} } history($alex, group => $group)], [qw(group-created member-added)], 'with one notice';
};

subtest 'removed while others write' => sub {
    my $group = $alex->post('/api/groups', { name => 'leaving' })->json->{group}{id};
    $alex->post("/api/groups/$group/members", { user_id => $kim->id });
    settle();
    my $tab = $kim->open_queue;
    my @requests = map { to_send($alex, $group, "around $_") } 1 .. 40;
    splice @requests, 20, 0, [DELETE => "/api/groups/$group/members/" . $kim->id, undef, $alex];
    splice @requests, 10, 0, map { to_send($kim, $group, "hers $_") } 1 .. 10;
    my @answers = $magpie->parallel(@requests);
    is_deeply [grep { !/^(?:201|204|403)$/ } map { $_->status } @answers], [], 'each is done, or refused to her';
    settle();
    my ($end) = map { $_->{seq} } grep { ($_->{notice}{what} // '') eq 'member-removed' } history($alex, group => $group);
    my @all   = history($alex, group => $group);
    is_deeply [map { $_->{seq} } @all], [1 .. @all], 'there is no hole';
    is_deeply [map { $_->{seq} } history($kim, group => $group)], [2 .. $end], 'she may read up to her removal';
    my @got = grep { $_->{contact_type} eq 'group' && $_->{contact_id} == $group } gather($tab, $end - 2);
    is_deeply [sort { $a <=> $b } map { $_->{seq} } @got], [3 .. $end], 'and her tab heard exactly that';
    is_deeply [grep { $_->{from} == $kim->id && $_->{seq} > $end } @all], [], 'she wrote nothing behind it';
};

subtest 'ending and renewing a friendship while both write' => sub {
    my ($ann, $ben) = map { $magpie->user($_) } qw(ann ben);
    $ann->befriend($ben);
    my @requests = map { (to_send($ann, $ben, "a$_"), to_send($ben, $ann, "b$_")) } 1 .. 15;
    splice @requests, 15, 0, [DELETE => '/api/friends/' . $ben->id, undef, $ann];
    my @answers = $magpie->parallel(@requests);
    is_deeply [grep { !/^(?:201|204|403)$/ } map { $_->status } @answers], [], 'each is done, or refused';
    $ann->befriend($ben);
    is $ann->send(to => $ben, msg => 'again')->status, 201, 'friends again';
    my @all = history($ann, single => $ben->id);
    is_deeply [map { $_->{seq} } @all], [1 .. @all], 'the conversation goes on without a hole';
    is scalar @all, 1 + grep({ $_->status == 201 } @answers), 'and has what was answered with 201';
};

ok settle(), 'nothing is left in the outbox';

done_testing;
