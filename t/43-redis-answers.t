#!/usr/bin/perl
# What Redis may answer instead of doing it: a table. Each is an ordinary answer: sends are committed, nobody
# crashes or spins, and all is level again soon after Redis is itself.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd 'abs_path';
use File::Temp 'tempdir';
use IO::Select;
use IO::Socket::UNIX;
use POSIX ':sys_wait_h';
use Test::More;
use Time::HiRes 'time';
use FastCgi;
use Magpie;

# Seconds of processor that a process has used.
sub cpu {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/stat" or return 0;
    my @fields = split ' ', <$in> =~ s/^.*\) //r;
    return ($fields[11] + $fields[12]) / POSIX::sysconf(&POSIX::_SC_CLK_TCK);
}

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $gone   = $magpie->dir . '/redis/dump.rdb';

# Ends what the workers wait for, as an operator may.
sub unblock_bells {
    my @bells = map { /^id=(\d+) .* cmd=blmpop / ? $1 : () } split /\n/, $magpie->redis(qw(CLIENT LIST));
    is scalar @bells, 2, 'both workers wait at their bells' or diag $magpie->redis(qw(CLIENT LIST));
    $magpie->redis(CLIENT => UNBLOCK => $_, 'ERROR') for @bells;
    return;
}

# What Redis says, how it is brought to say so, and how healed.
my @answers = (
    ['READONLY', sub { $magpie->redis(qw(REPLICAOF 127.0.0.1 1)) }, sub { $magpie->redis(qw(REPLICAOF NO ONE)) }],
    ['MASTERDOWN', sub { $magpie->redis(qw(CONFIG SET replica-serve-stale-data no)); $magpie->redis(qw(REPLICAOF 127.0.0.1 1)) },
        sub { $magpie->redis(qw(REPLICAOF NO ONE)); $magpie->redis(qw(CONFIG SET replica-serve-stale-data yes)) }],
    ['MISCONF', sub {
            mkdir $gone or die $!;                    # in the way of the file that it writes
            $magpie->redis(qw(CONFIG SET save), '3600 1000000');
            $magpie->redis('BGSAVE');
            wait_until { $magpie->redis(INFO => 'persistence') =~ /rdb_last_bgsave_status:err/ } 5;
        }, sub { $magpie->redis(qw(CONFIG SET save), ''); rmdir $gone }],
    ['OOM', sub { $magpie->redis(qw(CONFIG SET maxmemory 1)) }, sub { $magpie->redis(qw(CONFIG SET maxmemory 0)) }],
    ['NOREPLICAS', sub { $magpie->redis(qw(CONFIG SET min-replicas-to-write 1)) }, sub { $magpie->redis(qw(CONFIG SET min-replicas-to-write 0)) }],
    ['NOPERM', sub { $magpie->redis(qw(ACL SETUSER default -evalsha -blmpop -rpush -set)) }, sub { $magpie->redis(qw(ACL SETUSER default +@all)) }],
    ['NOSCRIPT', sub { $magpie->redis(qw(SCRIPT FLUSH)) }, sub { }],
    ['UNBLOCKED', \&unblock_bells, sub { }],
);
for (@answers) {
    my ($what, $befall, $heal) = @$_;
    subtest $what => sub {
        ok wait_until(sub { $magpie->ready && $magpie->psql('select count(*) from magpie.outbox') == 0 }, 15), 'all is level';
        my $tab  = $kim->open_queue;
        my $held = $tab->begin(timeout => 30);
        is $held->wait(0.2), undef, 'a poll is held';
        my @pids  = $magpie->worker_pids;
        my %lost  = map { $_ => scalar grep { /redis connection lost/ } $magpie->log_lines("worker-$_") } 1, 2;
        my $connected = grep { /redis connected/ } map { $magpie->log_lines("worker-$_") } 1, 2;
        my $since = time;
        my %used  = map { $_ => cpu($_) } @pids;
        $befall->();
        my @replies = map { $alex->send(to => $kim, msg => "$what $_") } 1 .. 3;
        is_deeply [map { $_->status } @replies], [201, 201, 201], 'sends are committed';
        ok !(grep { $_->seconds > 2.5 } @replies), 'in time';
        ok wait_until(sub { time - $since > 4 }, 5), 'it lasts a while' if $what !~ /NOSCRIPT|UNBLOCKED/;
        my $seconds = time - $since;
        if ($what =~ /READONLY|MASTERDOWN/) {
            is $magpie->request(GET => '/readyz')->status, 503, 'a replica is no Redis to work with';
            my @lines = map { $magpie->log_lines("worker-$_") } 1, 2;
            is scalar(grep { /redis connected/ } @lines), $connected, 'and never taken for one';
        }
        for my $n (1, 2) {
            my $count = grep { /redis connection lost/ } $magpie->log_lines("worker-$n");
            cmp_ok $count - $lost{$n}, '<', 25, sprintf 'worker %d: %d connections in %.1f s', $n, $count - $lost{$n}, $seconds;
            cmp_ok cpu($pids[ $n - 1 ]) - $used{ $pids[ $n - 1 ] }, '<', 0.3 + $seconds / 10, 'no spinning';
        }
        $heal->();
        my $healed = time;
        my (%seen, $reply);
        my $take = sub { $seen{ $_->{msg} }++ for @_ };
        my $look = sub {
            if ($reply && $reply->status == 200) {
                my $answer = $reply->json;
                $tab->{next} = $answer->{next};
                $take->(map { $_->{message} } grep { $_->{type} eq 'message' } $answer->{events}->@*);
            }
            elsif ($reply && $reply->status == 410) {         # opens a queue anew, with what it has
                my $open = $kim->post('/api/queues', { have => [{ contact_type => 'single', contact_id => $alex->id,
                    rev => $replies[0]->json->{message}{rev} - 1 }] });
                if ($open->status == 201) {
                    $tab = bless { user => $kim, queue => $open->json->{queue}, next => 0 }, 'Magpie::Tab';
                    $take->(map { $_->{messages}->@* } grep { $_->{contact_id} == $alex->id } $open->json->{changes}->@*);
                }
            }
            $reply = $tab->poll(timeout => 1);
            return keys %seen >= 3;
        };
        $reply = $held->wait(10);
        ok $reply, 'the held poll ends';
        ok wait_until(sub { $look->() }, 10), 'what was sent arrives';
        cmp_ok time - $healed, '<', 10, sprintf '%.1f s after Redis is well', time - $healed;
        is_deeply [$magpie->worker_pids], \@pids, 'the workers are the same';
        ok wait_until(sub { $magpie->ready }, 10), 'and ready';
    };
}

# A Redis that answers everything with the same line, or with nothing.
my $worker = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build") . '/magpie-worker';
for my $row (['LOADING', "-LOADING Redis is loading the dataset in memory\r\n"], ['NOAUTH', "-NOAUTH Authentication required.\r\n"],
    ['what is not Redis at all', "HTTP/1.1 400 Bad Request\r\n\r\n"], ['the end of the connection', undef], ['nothing', '']) {
    my ($what, $line) = @$row;
    subtest "a Redis that says $what" => sub {
        my $dir = tempdir(CLEANUP => 1);
        mkdir "$dir/run" or die $!;
        my $fake = IO::Socket::UNIX->new(Local => "$dir/redis.sock", Listen => 64) or die $!;
        my $pid  = fork // die $!;
        if (!$pid) {
            open STDERR, '>', "$dir/log" or die $!;
            exec $worker, '--listen', "$dir/run/fcgi.sock", '--set', "redis.address=$dir/redis.sock",
                '--set', 'db.conninfo=host=' . $magpie->dir . '/run dbname=magpie user=magpie_worker' or POSIX::_exit(127);
        }
        my ($until, $select, @made) = (time + 5, IO::Select->new($fake));
        while (time < $until) {
            for my $socket ($select->can_read(0.1)) {
                if ($socket == $fake) {
                    push @made, time;
                    my $new = $fake->accept;
                    defined $line ? $select->add($new) : close $new;
                }
                elsif (sysread $socket, my $bytes, 65536) {
                    syswrite $socket, $line x (() = $bytes =~ /^\*\d+\r$/mg);
                }
                else {
                    $select->remove($socket);
                    close $socket;
                }
            }
        }
        my @late = grep { $_ > $until - 2 } @made;
        cmp_ok scalar @late, '<=', 8, sprintf '%d connections in 5 s, %d of them in the last two', scalar @made, scalar @late;
        cmp_ok cpu($pid), '<', 1, sprintf '%.2f s of processor', cpu($pid);
        my $folder = bless { dir => $dir }, 'Folder';
        is(FastCgi->new($folder)->ask(GET => '/healthz')->{status}, 200, 'the worker lives');
        is(FastCgi->new($folder)->ask(GET => '/readyz')->{status}, 503, 'and knows that it is not ready');
        kill TERM => $pid;
        ok wait_until(sub { waitpid($pid, WNOHANG) == $pid }, 10), 'it ends';
        is $?, 0, 'in peace';
    };
}
done_testing;

package Folder;
sub dir { return $_[0]{dir} }
