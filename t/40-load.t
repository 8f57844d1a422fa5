#!/usr/bin/perl
# Many at once: a thousand held polls are cheap, and five hundred who read what fifty write miss
# nothing of it.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(time);
use Crowd;
use Magpie;

Crowd::need_descriptors(4096);

use constant { POLLS => 1000, USERS => 40, RECEIVERS => 500, SENDERS => 50, EACH => 4 };

my %quick = (set => 'password.memory_kib=1024 password.threads=2');

# Users user1, user2, ... and a group with all of them: made directly, as 500 friendships would take long.
sub crowd_in_a_group {
    my ($magpie, $count) = @_;
    my @users = map { $magpie->user("user$_") } 1 .. $count;
    my $reply = $users[0]->post('/api/groups', { name => 'all', max_members => 500 });
    my $group = $reply->json->{group}{id};
    $magpie->psql("insert into magpie.membership (conversation_id, user_id, role, joined_rev)
        select c.id, a.id, 'member', c.rev from magpie.conversation c, magpie.account a
         where c.group_id = $group and a.id <> " . $users[0]->id);
    return ($group, @users);
}

# KiB that are the process's own.
sub memory {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/smaps_rollup" or die "/proc/$pid/smaps_rollup: $!";
    my $sum = 0;
    while (<$in>) { $sum += $1 if /^Private_(?:Clean|Dirty): +(\d+) kB/ }
    return $sum;
}

sub has_sanitizer {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/maps" or die $!;
    return scalar grep { /lib[at]san/ } <$in>;
}

# Opens a queue for each of the lines' users; gives them as {queue, after}, in order.
sub open_queues {
    my ($crowd, @lines) = @_;
    my @tabs;
    my $open = 0;
    for my $i (0 .. $#lines) {
        $lines[$i]->ask(POST => '/api/queues', {}, sub {
            my ($status, $body) = @_;
            die "POST /api/queues: $status $body" if $status != 201;
            $tabs[$i] = { queue => $body =~ /"queue":"(\w+)"/, after => 0 };
            $open++;
        });
        $crowd->run(10, sub { $crowd->waiting < 50 });
    }
    $crowd->run(20, sub { $open == @lines }) or die "only $open queues were opened";
    return @tabs;
}

subtest '1,000 held polls in one worker work, and cost it less than 2 MB' => sub {
    my $magpie = Magpie->start(workers => 1, %quick);
    my ($group, @users) = crowd_in_a_group($magpie, USERS);
    my ($pid)  = $magpie->worker_pids;
    my $crowd  = Crowd->new($magpie);
    my $parked = sub { ($magpie->request(GET => '/metrics')->body =~ /^magpie_parked_polls\{worker="\d+"\} (\d+)$/m)[0] };
    my @lines  = map { $crowd->line($users[ $_ % USERS ]) } 1 .. POLLS;
    my @tabs   = open_queues($crowd, @lines);
    my $before = memory($pid);

    my @answers;
    my $hold = sub {
        my ($timeout, %option) = @_;
        @answers = ();
        for my $i (0 .. $#lines) {
            $lines[$i]->ask(GET => "/api/receive?queue=$tabs[$i]{queue}&after=$tabs[$i]{after}&timeout=$timeout",
                undef, sub { push @answers, [ $i, @_ ] });
            next if !$option{gently} || $i % 50 != 49;
            $crowd->run(5, sub { $parked->() > $i }) or return;
        }
    };
    $hold->(50, gently => 1);                              # what a burst of requests costs is another matter
    ok $crowd->run(15, sub { $parked->() == POLLS }), 'all are held by one worker' or diag $parked->();
    my $more = memory($pid) - $before;
    my $most = has_sanitizer($pid) ? 50_000 : 2_000;       # a sanitizer's allocator is another one
    diag "1,000 polls cost $more KiB, beside $before";
    cmp_ok $more, '<', $most, 'they cost it less than 2 MB';
    is scalar @answers, 0, 'none is answered yet';
    is $users[3]->get('/api/me')->status, 200, 'others are served beside them';

    my $started = time;
    is $users[0]->send(group => $group, msg => 'wake up')->status, 201, 'a message to all';
    ok $crowd->run(10, sub { @answers == POLLS }), 'all are woken' or diag scalar @answers;
    my $took = time - $started;
    is_deeply [grep { $_->[1] != 200 || $_->[2] !~ /"msg":"wake up".*"next":1\}$/ } @answers], [], 'each has the message';
    cmp_ok $took, '<', 5, sprintf 'within %.2f s', $took;
    ok wait_until(sub { $parked->() == 0 }, 5), 'none is held any longer';

    $_->{after} = 1 for @tabs;
    $hold->(2);
    ok $crowd->run(20, sub { @answers == POLLS }), 'where nothing comes, all are answered too' or diag scalar @answers;
    is_deeply [grep { $_->[1] != 200 || $_->[2] ne '{"events":[],"next":1}' } @answers], [], '... empty';
    ok wait_until(sub { $parked->() == 0 }, 5), 'none is held any longer';

    $hold->(50);
    ok $crowd->run(20, sub { $parked->() == POLLS }), 'held once more' or diag $parked->();
    $_->close for @lines;
    ok wait_until(sub { $parked->() == 0 }, 5), 'who leaves is forgotten' or diag $parked->();

    my $tab = $users[0]->open_queue;
    my $sent = 0;
    for my $i (0 .. 99) {
        $lines[$i]->ask(POST => '/api/send',
            { contact_type => 'group', to => $group, msg => "text $i", client_id => Magpie->uuid }, sub { $sent += $_[0] == 201 });
    }
    ok $crowd->run(10, sub { $sent == 100 }), 'a hundred messages at once' or diag $sent;
    my @revs = map { $_->{message}{rev} } $tab->events;
    is_deeply \@revs, [ sort { $a <=> $b } @revs ], 'one worker pushes in the order of their numbers';
    is scalar @revs, 100, '... all of them';
    is_deeply [$magpie->worker_pids], [$pid], 'it is the same worker';
    ok $magpie->finish, 'and ends well';
};

subtest '500 receivers and 50 senders lose nothing' => sub {
    my $magpie = Magpie->start(workers => 2, %quick);
    my ($group, @users) = crowd_in_a_group($magpie, RECEIVERS);
    my $crowd = Crowd->new($magpie);
    my @lines = map { $crowd->line($_) } @users;
    my @tabs  = open_queues($crowd, @lines);

    my ($sent, $refused, $complete, $repeats, @wrong) = (0, 0, 0, 0);
    my %committed;                                         # rev => text
    my $receive;
    $receive = sub {
        my ($i) = @_;
        my $tab = $tabs[$i];
        $lines[$i]->ask(GET => "/api/receive?queue=$tab->{queue}&after=$tab->{after}&timeout=20", undef, sub {
            my ($status, $body) = @_;
            push @wrong, "receiver $i: $status $body" if $status != 200;
            return if @wrong > 5;
            while ($body =~ /"n":(\d+),"type":"message","message":\{[^{}]*?"rev":(\d+),[^{}]*?"msg":"([^"]*)"/g) {
                my ($n, $rev, $text) = ($1, $2, $3);
                push @wrong, "receiver $i: event $n behind $tab->{after}" if $n != $tab->{after} + 1;
                $tab->{after} = $n;
                $repeats++ if $tab->{seen}{$rev};
                push @wrong, "receiver $i: $rev is \"$text\" and \"$tab->{seen}{$rev}\"" if ($tab->{seen}{$rev} // $text) ne $text;
                $tab->{seen}{$rev} = $text;
            }
            my ($next) = $body =~ /"next":(\d+)/;
            push @wrong, "receiver $i: next is $next, not $tab->{after}" if $next != $tab->{after};
            if (!$tab->{done} && keys $tab->{seen}->%* == SENDERS * EACH) {
                $tab->{done} = 1;
                $complete++;
            }
            $receive->($i) if !$tab->{done};
        });
    };
    $tabs[$_]{seen} = {} for 0 .. $#tabs;
    $receive->($_) for 0 .. $#lines;
    my $send;
    $send = sub {
        my ($line, $number, $count) = @_;
        my $text = "$number of " . $line->user->username;
        $line->ask(POST => '/api/send',
            { contact_type => 'group', to => $group, msg => $text, client_id => Magpie->uuid }, sub {
                my ($status, $body) = @_;
                my ($rev) = $body =~ /"rev":(\d+)/;
                push @wrong, "a send: $status $body" if $status != 201;
                push @wrong, "number $rev was given twice" if $committed{$rev}++;
                $sent++;
                $send->($line, $number + 1) if $number < EACH;
            });
    };
    my $started = time;
    $send->($crowd->line($_), 1) for @users[ 0 .. SENDERS - 1 ];
    ok $crowd->run(45, sub { $complete == RECEIVERS || @wrong > 5 }), 'every receiver has every message'
        or diag "$complete of " . RECEIVERS . ", $sent sent";
    my $took = time - $started;
    diag sprintf '%d messages to %d readers in %.2f s: %d deliveries a second', SENDERS * EACH, RECEIVERS, $took,
        SENDERS * EACH * RECEIVERS / $took;
    is_deeply \@wrong, [], 'event numbers have no holes, and nothing else is wrong';
    is $sent, SENDERS * EACH, 'every send was answered 201';
    my @revs = sort { $a <=> $b } keys %committed;
    is $revs[-1] - $revs[0] + 1, @revs, 'the numbers of the conversation have no holes';
    is scalar(grep { join(' ', sort { $a <=> $b } keys $_->{seen}->%*) ne "@revs" } @tabs), 0, 'all have the same';
    is $magpie->psql("select count(*) from magpie.message where kind = 'text'"), SENDERS * EACH, 'and so has PostgreSQL';
    diag "$repeats events were repeated" if $repeats;
    ok wait_until(sub { !$magpie->psql('select count(*) from magpie.outbox') }, 10), 'nothing is left to push';
    ok $magpie->finish, 'and all ends well';
};

done_testing;
