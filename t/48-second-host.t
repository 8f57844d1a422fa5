#!/usr/bin/perl
# A database of several hosts, the first of which refuses: the worker gets to the next one at once.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Temp 'tempdir';
use POSIX 'WNOHANG';
use Test::More;
use FastCgi;
use Magpie;

my $magpie = Magpie->start(workers => 1);
my $run    = $magpie->dir . '/run';
my $worker = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build") . '/magpie-worker';
my $own    = bless { dir => tempdir(CLEANUP => 1) }, 'Folder';
package Folder { sub dir { $_[0]{dir} } }
mkdir $own->dir . '/run' or die $!;

# A port that nobody listens at: it was just given back.
my $nobody = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
my $pid    = fork // die $!;
if (!$pid) {
    open STDERR, '>', $own->dir . '/log' or die $!;
    exec $worker, '--listen', $own->dir . '/run/fcgi.sock', '--set', "redis.address=$run/redis.sock",
        '--set', "db.conninfo=host='127.0.0.1,$run' port='$nobody,5432' dbname=magpie user=magpie_worker";
    exit 127;
}
ok wait_until(sub {
    my $connection = eval { FastCgi->new($own) } or return;
    my $reply = $connection->ask(GET => '/readyz');
    return $reply && $reply->{status} == 200;
}, 4), 'it reaches the database within four seconds';

kill TERM => $pid;
ok wait_until(sub { waitpid($pid, WNOHANG) == $pid }, 10), 'and ends';
END { local $?; kill KILL => $pid if $pid }
done_testing;
