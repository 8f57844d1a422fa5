#!/usr/bin/perl
# Workers come and go while people write: one that is told to end finishes what it has, and one
# that is killed costs a retry, and no message.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd 'abs_path';
use File::Temp 'tempdir';
use List::Util qw(max sum0);
use Test::More;
use Time::HiRes qw(time);
use Crowd;
use Magpie;

use constant { USERS => 12, SENDERS => 6 };

# What is installed: a link, so that a new version can take its place.
my $installed = tempdir(CLEANUP => 1);
my $build     = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build");
install($build);
my $magpie = Magpie->start(workers => 2, set => 'password.memory_kib=1024', env => { MAGPIE_BUILD => $installed, MAGPIE_WWW => "$build/site" });
my @users  = map { $magpie->user("user$_") } 1 .. USERS;
my $group  = $users[0]->post('/api/groups', { name => 'all' })->json->{group}{id};
$magpie->psql("insert into magpie.membership (conversation_id, user_id, role, joined_rev)
    select c.id, a.id, 'member', c.rev from magpie.conversation c, magpie.account a
     where c.group_id = $group and a.id <> " . $users[0]->id);
my $crowd = Crowd->new($magpie);

my %sent;                          # text => { client_id, tries, asked, answered, status => [...] }
my $answered = 0;                  # sends that are through
my $phase;                         # what all texts begin with
my $stop;                          # the senders are to end
my @wrong;
my @tabs = map { { queue => $_->open_queue->queue, after => 0, line => $crowd->line($_), seen => {} } } @users;

# A tab polls for ever; a poll that failed is asked again.
sub receive {
    my ($tab) = @_;
    $tab->{line}->ask(GET => "/api/receive?queue=$tab->{queue}&after=$tab->{after}&timeout=20", undef, sub {
        my ($status, $body) = @_;
        my $now = time;
        if ($status == 200) {
            if ($body =~ /^\{"events":\[\]/) {
                $tab->{empty}++;
                $tab->{first} //= 'empty';
            }
            while ($body =~ /"n":(\d+),"type":"message","message":\{[^{}]*?"msg":"([^"]*)"/g) {
                push @wrong, "event $1 behind $tab->{after}" if $1 != $tab->{after} + 1;
                $tab->{after} = $1;
                $tab->{seen}{$2} //= $now;
            }
        }
        elsif ($status == 0 || $status == 502 || $status == 503) {
            $tab->{retries}++;
            $tab->{first} //= $status;
        }
        else {
            push @wrong, "a poll: $status $body";
        }
        receive($tab) if @wrong < 5;
    });
    return;
}

# Sends one message after the other; one that has no good answer again, if `retry` says so.
sub write_on {
    my ($line, $retry, $text) = @_;
    $text //= "$phase " . (1 + keys %sent);
    my $send = $sent{$text} //= { client_id => Magpie->uuid, asked => time, status => [] };
    $line->ask(POST => '/api/send', { contact_type => 'group', to => $group, msg => $text, client_id => $send->{client_id} }, sub {
        my ($status, $body) = @_;
        push $send->{status}->@*, $status;
        if ($status == 201 || $status == 200) {
            $send->{answered} = time;
            $answered++;
            write_on($line, $retry) if !$stop;
        }
        elsif ($retry && ($status == 0 || $status =~ /^50[234]$/)) {
            write_on($line, $retry, $text);
        }
        else {
            push @wrong, "\"$text\": $status $body";
        }
    });
    return;
}

sub begin {
    my ($name, $retry) = @_;
    ($phase, $answered, $stop) = ($name, 0, 0);
    %sent = ();
    write_on($crowd->line($_), $retry) for @users[ 0 .. SENDERS - 1 ];
    return;
}

# Goes on until so many further messages were sent.
sub more {
    my ($count) = @_;
    my $goal = $answered + $count;
    return $crowd->run(20, sub { $answered >= $goal || @wrong });
}

# All senders end; all tabs have everything that was committed.
sub settle {
    $stop = 1;
    ok $crowd->run(20, sub { $crowd->waiting <= @tabs }), "$phase: every send was answered";
    my $behind = sub { sum0(map { my $seen = $_->{seen}; scalar grep { !$seen->{$_} } keys %sent } @tabs) };
    ok $crowd->run(10, sub { !$behind->() || @wrong }), "$phase: everybody has every message" or diag $behind->();
    my $late = max(map { my $seen = $_->{seen}; map { ($seen->{$_} // 1e12) - ($sent{$_}{answered} // 0) } keys %sent } @tabs);
    cmp_ok $late, '<', 5, sprintf '%s: the latest %.2f s behind its answer', $phase, $late;
    is_deeply \@wrong, [], "$phase: nothing went wrong";
    my %stored = map { split /\|/ } $magpie->psql("select msg, count(*) from magpie.message where msg like '$phase %' group by msg");
    is_deeply \%stored, { map { $_ => 1 } keys %sent }, "$phase: each is stored once" or diag scalar(keys %stored) . ' stored';
    my @revs = $magpie->psql("select rev from magpie.conversation where group_id = $group
        union all select count(*) from magpie.message m join magpie.conversation c on c.id = m.conversation_id and c.group_id = $group");
    is $revs[0], $revs[1], "$phase: the numbers have no holes";
    $_->{seen} = {} for @tabs;
    note sprintf '%s: %d messages, %d of them tried again; %d polls ended empty, %d were tried again', $phase, scalar keys %sent,
        scalar(grep { $_->{status}->@* > 1 } values %sent), (map { my $name = $_; sum0(map { delete $_->{$name} // 0 } @tabs) } qw(empty retries));
    return;
}

# A worker waits for events behind those that the tab has, as the queue in Redis says.
sub is_held {
    my ($tab) = @_;
    my ($base, $worker) = $magpie->redis('HMGET', "{u$tab->{line}{user}{id}}:t:$tab->{queue}:m", 'base', 'worker')->@*;
    return $base == $tab->{after} && length $worker;
}

sub install {
    my ($tree) = @_;
    symlink "$tree/magpie-worker", "$installed/new" and rename "$installed/new", "$installed/magpie-worker" or die "$installed: $!";
    return;
}

sub gone { my ($pid) = @_; return !kill 0, $pid }

receive($_) for @tabs;

subtest 'a worker is told to end' => sub {
    begin('told to end', 0);
    for my $turn (1 .. 4) {
        my $name = 'worker-' . (1 + $turn % 2);
        more(30) or last;
        my $pid = $magpie->pid($name);
        my $started = time;
        kill TERM => $pid;
        ok $crowd->run(15, sub { gone($pid) || @wrong }), "$name ends by itself";
        my $took = time - $started;
        cmp_ok $took, '<', 8, sprintf 'within %.2f s', $took;
        ok $crowd->run(10, sub { my $new = $magpie->pid($name); $new && $new != $pid }), 'and is started again';
        more(30);
    }
    settle();
    is scalar(grep { /msg="?ended|\bended\b/ } map { $magpie->log_lines("worker-$_") } 1, 2), 4, 'each came to its end';
    is scalar(grep { /drain took too long/ } map { $magpie->log_lines("worker-$_") } 1, 2), 0, 'in time';
    is scalar(grep { /^\S+ \S+ worker-\d .* ended with status (?!0)/ } $magpie->log_lines('magpie')), 0, 'with status 0';
};

# Deployed as an installation would be: the functions of the database, then one worker after the other; and back.
# The other version is another build, which takes part for a while beside the first.
subtest 'a new version, and back' => sub {
    begin('deployed', 0);
    my %env = (PGHOST => $magpie->dir . '/run', PGUSER => 'magpie_owner', PGPORT => 5432, PGDATABASE => 'magpie');
    for my $tree (Magpie::built('faults'), $build) {
        more(30) or last;
        my $migrate = fork // die $!;
        if (!$migrate) {
            @ENV{ keys %env } = values %env;
            open STDOUT, '>', '/dev/null';
            exec Magpie->root . '/sql/migrate' or POSIX::_exit(127);
        }
        my $status;
        ok $crowd->run(20, sub { waitpid($migrate, POSIX::WNOHANG()) == $migrate and defined($status = $?) }), 'the functions are loaded anew';
        is $status, 0, 'while people write';
        install($tree);
        for my $name (qw(worker-1 worker-2)) {
            my $pid = $magpie->pid($name);
            kill TERM => $pid;
            my $replaced = sub {
                my $new = $magpie->pid($name);      # for a moment that of the program which starts it
                return gone($pid) && $new && $new != $pid && (readlink("/proc/$new/exe") // '') =~ m{/magpie-worker$};
            };
            ok $crowd->run(15, sub { $replaced->() || @wrong }), "$name is replaced";
            is abs_path('/proc/' . $magpie->pid($name) . '/exe'), abs_path("$tree/magpie-worker"), 'by the other version';
            more(30);
        }
    }
    settle();
};

subtest 'both are told to end while nobody writes' => sub {
    begin('quiet', 0);
    more(1);
    $stop = 1;
    ok $crowd->run(10, sub { $crowd->waiting == @tabs && !grep { !is_held($_) } @tabs }), 'a poll of each is held';
    delete @$_{qw(empty retries first)} for @tabs;
    my @pids = $magpie->worker_pids;
    kill TERM => @pids;
    ok $crowd->run(10, sub { !grep { !$_->{first} } @tabs }), 'every poll that was held has ended';
    is_deeply [grep { $_->{first} ne 'empty' } @tabs], [], 'with an empty answer';
    ok $crowd->run(10, sub { !grep { !gone($_) } @pids }), 'they end by themselves';
    begin('quiet again', 0);
    more(1);
    settle();
};

subtest 'a worker is killed' => sub {
    begin('killed', 1);
    for my $turn (1 .. 4) {
        my $name = 'worker-' . (1 + $turn % 2);
        more(30) or last;
        my $pid = $magpie->pid($name);
        kill KILL => $pid;
        ok $crowd->run(10, sub { my $new = $magpie->pid($name); $new && $new != $pid }), "$name is started again";
    }
    more(60);
    settle();
};

subtest 'both are killed' => sub {
    begin('both killed', 1);
    more(30);
    my @pids = $magpie->worker_pids;
    kill KILL => @pids;
    ok $crowd->run(10, sub { !grep { my $pid = $_; grep { !$_ || $_ == $pid } $magpie->worker_pids } @pids }), 'they are started again';
    more(60);
    settle();
};

done_testing;
