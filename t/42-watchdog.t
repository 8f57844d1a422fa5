#!/usr/bin/perl
# A worker that is stuck is ended and started again: under systemd, which is told each second that
# all is well, and under `./magpie up`. What the stuck one held is answered again by others.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd 'abs_path';
use File::Temp 'tempdir';
use IO::Select;
use IO::Socket::UNIX;
use POSIX ':sys_wait_h';
use Socket 'SOCK_DGRAM';
use Test::More;
use Time::HiRes 'time';
use Magpie;

subtest 'what systemd hears' => sub {
    my $worker = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build") . '/magpie-worker';
    my $dir    = tempdir(CLEANUP => 1);
    my $systemd = IO::Socket::UNIX->new(Local => "$dir/notify", Type => SOCK_DGRAM) or die $!;
    my $heard = sub {
        return 'nothing' if !IO::Select->new($systemd)->can_read(3);
        $systemd->recv(my $lines, 1000);
        return $lines;
    };
    my $pid = fork // die $!;
    if (!$pid) {
        open STDERR, '>', "$dir/log" or die $!;
        $ENV{NOTIFY_SOCKET} = "$dir/notify";
        exec $worker, '--listen', "$dir/fcgi.sock", '--set', "redis.address=$dir/none", '--set', "db.conninfo=host=$dir dbname=none" or POSIX::_exit(127);
    }
    is $heard->(), 'READY=1', 'that the worker is ready';
    is $heard->(), 'WATCHDOG=1', 'that its loop turns';
    my $first = time;
    is $heard->(), 'WATCHDOG=1', 'again' for 1 .. 3;
    my $took = time - $first;
    ok $took > 2 && $took < 5, sprintf 'once a second (three in %.2f s)', $took;
    kill TERM => $pid;
    my $last;
    ok wait_until(sub { ($last = $heard->()) ne 'WATCHDOG=1' }, 5), 'something else, when it is told to end';
    is $last, 'STOPPING=1', 'that it ends';
    ok wait_until(sub { waitpid($pid, WNOHANG) == $pid }, 10), 'which it does';
    open my $unit, '<', Magpie->root . '/systemd/magpie-worker@.service.in' or die $!;
    my %set = map { /^(\w+)=(.*)$/ } <$unit>;
    is_deeply [@set{qw(Type WatchdogSec WatchdogSignal)}], [qw(notify 10 SIGKILL)], 'the unit asks for all of that';
};

subtest 'a worker that is stopped' => sub {
    my $magpie = Magpie->start(workers => 2);
    my $alex   = $magpie->user('alex');
    my $kim    = $magpie->user('kim', friends => [$alex]);
    ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox') == 0 }, 5), 'all is quiet';

    # Tabs whose polls are held by both workers.
    my @tabs = map { $kim->other_browser->open_queue } 1 .. 10;
    my @left = @tabs;
    my @held;
    my $bells = sub { my %bell; $bell{ $magpie->redis(HGET => '{u' . $kim->id . '}:t:' . $_->queue . ':m', 'worker') }++ for @tabs; return %bell };
    $magpie->on_each_worker(sub {
        my $noted = sub { my %bell = $bells->(); delete $bell{''}; return scalar keys %bell };
        my $before = $noted->();
        push @held, map { $_->begin(timeout => 50) } splice @left, 0, 5;
        wait_until(sub { $noted->() > $before }, 2);
    });
    ok wait_until(sub { my %bell = $bells->(); !$bell{''} && keys %bell == 2 }, 5), 'each worker holds some of the polls';
    my @pids    = $magpie->worker_pids;
    my $stopped = time;
    kill STOP => $pids[0];
    my @sent;
    for my $n (1 .. 5) {
        my %send = (contact_type => 'single', to => $kim->id, msg => "message $n", client_id => Magpie->uuid);
        my $reply;
        wait_until(sub { $reply = $alex->post('/api/send', \%send); $reply->status =~ /^20[01]$/ }, 15);
        like $reply->status, qr/^20[01]$/, "message $n is committed";
        push @sent, $send{msg};
    }
    ok wait_until(sub { my $new = $magpie->pid('worker-1'); $new && $new != $pids[0] }, 15), 'it is started again';
    my $took = time - $stopped;
    ok $took > 9 && $took < 13, sprintf 'after %.1f s', $took;
    is $magpie->pid('worker-2'), $pids[1], 'the other one is left alone';
    like join("\n", $magpie->log_lines('magpie')), qr/worker-1 \(process $pids[0]\) gave no sign for 10 s: killing it/, 'and the log says why';
    ok !kill(0 => $pids[0]), 'the stopped one is gone';

    # As a client does: a poll that failed is asked again with what the tab has.
    for my $i (0 .. $#tabs) {
        my ($tab, %seen) = ($tabs[$i]);
        my $take = sub {
            my ($reply) = @_;
            return if !$reply || $reply->status != 200;
            $seen{ $_->{message}{msg} }++ for grep { $_->{type} eq 'message' } $reply->json->{events}->@*;
            $tab->{next} = $reply->json->{next};
        };
        $take->($held[$i]->wait(15 - (time - $stopped) > 0 ? 15 - (time - $stopped) : 0.1));
        wait_until(sub { keys %seen >= @sent or ($take->($tab->poll(timeout => 1)), 0) }, 15);
        is_deeply \%seen, { map { $_ => 1 } @sent }, "tab $i has each message once";
    }
    ok time - $stopped < 16, sprintf 'all is level after %.1f s', time - $stopped;
    ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox') == 0 }, 6), 'and nothing is left to push';

    my $supervisor = $magpie->pid('magpie');
    my @running    = $magpie->worker_pids;
    kill STOP => $supervisor;
    my $began = time;
    wait_until(sub { time - $began > 12 }, 13);        # longer than a worker may be silent
    kill CONT => $supervisor;
    $magpie->kill('worker-2');             # it is at work again
    is_deeply [$magpie->pid('worker-1')], [$running[0]], 'a supervisor that was away itself ends nobody';
};
done_testing;
