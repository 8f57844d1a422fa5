#!/usr/bin/perl
# The worker's listening socket: made at a path, handed over by systemd, or as descriptor 0; and what
# it says where there is none.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd 'abs_path';
use Fcntl qw(F_GETFD F_SETFD FD_CLOEXEC);
use File::Temp 'tempdir';
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h dup2);
use Test::More;
use FastCgi;
use Magpie;

my $worker = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build") . '/magpie-worker';
my $dir    = tempdir(CLEANUP => 1);
my %child;
mkdir "$dir/run" or die $!;

# FastCgi asks whoever owns the socket for its folder.
package Folder { sub dir { $_[0]{dir} } }
my $folder = bless { dir => $dir }, 'Folder';

# Starts a worker after `prepare` has set its descriptors; it finds neither database nor Redis, and lives.
sub start {
    my ($prepare, @arguments) = @_;
    my $pid = fork // die $!;
    return $child{$pid} = $pid if $pid;
    open STDERR, '>>', "$dir/log" or die $!;
    $prepare->();
    exec $worker, '--set', "redis.address=$dir/none", '--set', "db.conninfo=host=$dir dbname=none", @arguments;
    exit 127;
}

# Ends it as systemd would, and gives its exit status.
sub end {
    my ($pid) = @_;
    kill TERM => $pid;
    my $status;
    wait_until { waitpid($pid, WNOHANG) == $pid and defined($status = $?) } 10;
    delete $child{$pid};
    return $status;
}

# The exit status of one that doesn't begin, or that it did.
sub refused {
    my ($pid) = @_;
    my $status;
    wait_until { waitpid($pid, WNOHANG) == $pid and defined($status = $?) } 5;
    end($pid) if !defined $status;
    delete $child{$pid};
    return defined $status ? $status >> 8 : 'it lives';
}

sub last_said { open my $in, '<', "$dir/log" or die $!; my @lines = <$in>; return $lines[-1] // '' }

sub alive {
    my ($what) = @_;
    my $connection;
    ok wait_until(sub { $connection = eval { FastCgi->new($folder) } }, 10), "$what: somebody listens";
    is $connection->ask(GET => '/healthz')->{status}, 200, "$what: and answers";
}

sub listening {
    unlink "$dir/run/fcgi.sock";
    return IO::Socket::UNIX->new(Local => "$dir/run/fcgi.sock", Listen => 16) || die $!;
}

my $pid = start(sub { }, '--listen', "$dir/run/fcgi.sock");
alive('--listen');
is sprintf('%04o', (stat "$dir/run/fcgi.sock")[2] & 07777), '0660', 'the socket is for the owner and the group';
is end($pid), 0, 'SIGTERM ends it well';

$pid = do { my $socket = listening(); start(sub { dup2(fileno $socket, 0) }) };
alive('descriptor 0');
is end($pid), 0, 'SIGTERM ends it well';

$pid = do {
    my $socket = listening();
    start(sub {
        dup2(fileno $socket, 3);
        open my $three, '<&=', 3 or die $!;
        fcntl $three, F_SETFD, fcntl($three, F_GETFD, 0) & ~FD_CLOEXEC;
        @ENV{qw(LISTEN_FDS LISTEN_PID)} = (1, $$);
        open STDIN, '<', '/dev/null';
    });
};
alive('LISTEN_FDS');
is end($pid), 0, 'SIGTERM ends it well';

# Whoever reaches a worker may say to be anybody: TCP is none of its sockets.
$pid = do {
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) || die $!;
    start(sub { dup2(fileno $socket, 0) });
};
is refused($pid), 1, 'a TCP socket as descriptor 0 ends it';
like last_said(), qr/unix socket.*TCP/, 'and is named';

# A path that is given by mistake is left alone.
for my $other ([file => sub { open my $out, '>', $_[0] or die $!; print $out 'precious' }], [link => sub { symlink "$dir/log", $_[0] or die $! }]) {
    my ($what, $make) = @$other;
    my $path = "$dir/run/$what";
    $make->($path);
    my @before = (lstat $path)[ 1, 2, 7 ];
    is refused(start(sub { }, '--listen', $path)), 1, "--listen at a $what ends it";
    like last_said(), qr/can't listen at \Q$path\E: .*no socket/, 'and is named';
    is_deeply [ (lstat $path)[ 1, 2, 7 ] ], \@before, "the $what is left as it was";
}
$pid = do { listening(); start(sub { }, '--listen', "$dir/run/fcgi.sock") };
alive('--listen at a socket that was left behind');
is end($pid), 0, 'SIGTERM ends it well';

my $said = `'$worker' 2>&1 </dev/null`;
isnt $?, 0, 'without a socket it ends';
like $said, qr/no listening socket.*--listen/, 'and says what to do';

$said = `'$worker' --set receive.hold=56 2>&1 </dev/null`;
isnt $?, 0, 'a setting out of its range ends it';
like $said, qr/receive\.hold/, 'and is named';

END { local $?; kill KILL => values %child if %child }
done_testing;
