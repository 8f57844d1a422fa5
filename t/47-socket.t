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

my $said = `'$worker' 2>&1 </dev/null`;
isnt $?, 0, 'without a socket it ends';
like $said, qr/no listening socket.*--listen/, 'and says what to do';

$said = `'$worker' --set receive.hold=56 2>&1 </dev/null`;
isnt $?, 0, 'a setting out of its range ends it';
like $said, qr/receive\.hold/, 'and is named';

END { local $?; kill KILL => values %child if %child }
done_testing;
