#!/usr/bin/perl
# PostgreSQL and Redis over a network that loses a connection without a word: what was sent on it is
# answered with 503 in seconds, new connections serve, and nothing is lost or written twice.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd 'abs_path';
use File::Temp 'tempdir';
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ':sys_wait_h';
use Test::More;
use Time::HiRes 'time';
use FastCgi;
use Magpie;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $worker = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build") . '/magpie-worker';
my $own    = bless { dir => tempdir(CLEANUP => 1) }, 'Folder';
my @children;
mkdir $own->dir . '/run' or die $!;
END { local $?; kill KILL => @children if @children }

# A road to a unix socket. After SIGUSR1 nothing passes on the connections that are open, and nobody is
# told; new ones are as they should be.
sub relay {
    my ($path) = @_;
    my $listener = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die $!;
    my $pid = fork // die $!;
    return (push(@children, $pid), $listener->sockport, $pid)[1, 2] if $pid;
    my ($select, %other, %silent) = IO::Select->new($listener);
    local $SIG{USR1} = sub { $silent{$_} = 1 for keys %other };
    while (1) {
        for my $socket ($select->can_read(0.05)) {
            next if !defined fileno $socket;          # its other end has just ended
            if ($socket == $listener) {
                my $here  = $listener->accept or next;
                my $there = IO::Socket::UNIX->new(Peer => $path);
                if (!$there) { close $here; next }
                @other{ $here, $there } = ($there, $here);
                $select->add($here, $there);
                next;
            }
            my $count = sysread $socket, my $bytes, 65_536;
            next if $silent{$socket} && $count;
            my $other = $other{$socket};
            if ($count) { syswrite $other, $bytes; next }
            $select->remove($socket, $other);
            delete @other{ $socket, $other };
            close $_ for $socket, $other;
        }
    }
}

my ($db_port, $db)       = relay($magpie->dir . '/run/.s.PGSQL.5432');
my ($redis_port, $redis) = relay($magpie->dir . '/run/redis.sock');
my $pid = fork // die $!;
if (!$pid) {
    open STDERR, '>', $own->dir . '/log' or die $!;
    exec $worker, '--listen', $own->dir . '/run/fcgi.sock', '--set', "redis.address=127.0.0.1:$redis_port", '--set', 'limits.enabled=no',
        '--set', "db.conninfo=host=127.0.0.1 port=$db_port dbname=magpie user=magpie_worker sslmode=disable" or POSIX::_exit(127);
}
push @children, $pid;

sub ask {
    my ($method, $path, $body) = @_;
    my $connection = eval { FastCgi->new($own) } or return { status => 0 };
    return $connection->ask($method, $path, user => $alex, seconds => 20, $body ? (body => $body) : ()) // { status => 0 };
}

sub to_send { my ($msg) = @_; return { contact_type => 'single', to => $kim->id, msg => $msg, client_id => Magpie->uuid } }

ok wait_until(sub { ask(GET => '/readyz')->{status} == 200 }, 5), 'a worker reaches both over TCP';
is ask(POST => '/api/send', to_send('over TCP'))->{status}, 201, 'and works';

subtest 'PostgreSQL' => sub {
    kill USR1 => $db;
    my $began = time;
    my $send  = to_send('into the silence');
    my $reply = ask(POST => '/api/send', $send);
    is $reply->{status}, 503, 'nobody knows what became of a send';
    cmp_ok time - $began, '<', 8, sprintf 'which is said after %.1f s', time - $began;
    ok wait_until(sub { ask(POST => '/api/send', $send)->{status} =~ /^20[01]$/ }, 12), 'the same once more is committed';
    cmp_ok time - $began, '<', 15, sprintf '%.1f s after the silence began', time - $began;
    is $magpie->psql(q(select count(*) from magpie.message where msg = 'into the silence')), 1, 'once';
    ok wait_until(sub { ask(GET => '/readyz')->{status} == 200 }, 5), 'all is well';
};

subtest 'Redis' => sub {
    my $tab = $kim->open_queue;
    kill USR1 => $redis;
    my $began = time;
    my $reply = ask(POST => '/api/send', to_send('past a silent Redis'));
    is $reply->{status}, 201, 'a send is committed';
    cmp_ok time - $began, '<', 3, sprintf 'after %.1f s', time - $began;
    ok wait_until(sub { grep { $_->{msg} eq 'past a silent Redis' } $tab->receive(timeout => 1) }, 10), 'and arrives';
    cmp_ok time - $began, '<', 10, sprintf 'after %.1f s', time - $began;
    ok wait_until(sub { ask(GET => '/readyz')->{status} == 200 }, 5), 'all is well';
};

subtest 'what keeps the connections alive' => sub {
    # Of the worker's own TCP connections, which timer runs.
    my $timers = sub {
        my %own = map { (readlink($_) // '') =~ /^socket:\[(\d+)\]$/ ? ($1 => 1) : () } glob "/proc/$pid/fd/*";
        open my $in, '<', "/proc/$pid/net/tcp" or die $!;
        return join ' ', map { substr $_->[5], 0, 2 } grep { $own{ $_->[9] } && $_->[3] eq '01' } map { [split] } <$in>;
    };
    ok wait_until(sub { $timers->() eq '02 02 02 02' }, 5), 'two connections to each, with a keep-alive' or diag $timers->();
    my ($idle) = $magpie->psql(q(select count(*) from pg_stat_activity where application_name like 'magpie-worker %'));
    cmp_ok $idle, '>=', 4, 'PostgreSQL has dropped none that lives';
};

kill TERM => $pid;
ok wait_until(sub { waitpid($pid, WNOHANG) == $pid }, 12), 'the worker ends';
@children = grep { $_ != $pid } @children;
done_testing;

package Folder;
sub dir { return $_[0]{dir} }
