#!/usr/bin/perl
# ./magpie up starts a whole site, keeps it up whatever dies, and leaves nothing behind.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);
use Magpie;

my $magpie  = Magpie->start(workers => 2, accounts => 1, limits => 1, postgres => '');
my $script  = Magpie->root . '/magpie';
my @names   = qw(postgres redis nginx worker-1 worker-2);
my $refused = $magpie->dir . '/../nothing-here';

sub magpie {
    my ($verb, %env) = @_;
    local %ENV = ($magpie->env, %env);
    my ($output, $status) = Magpie::_run($script, split / /, $verb);
    return ($output, $status >> 8);
}

subtest 'what it says' => sub {
    my ($output, $status) = magpie('status');
    is $status, 0, 'status: all runs';
    like $output, qr/^$_ +running, process \d+$/m, "status names $_" for @names;
    ($output, $status) = magpie('up --detach');
    isnt $status, 0, 'a second one in the same folder is refused';
    like $output, qr/up already/, 'and says why';
    ($output, $status) = magpie('status', MAGPIE_DIR => "$refused-$$");
    is $status, 3, 'status: nothing runs elsewhere';
    ok !-e "$refused-$$", 'and asking made no folder';
    ($output, $status) = magpie('help');
    is $status, 0, 'help';
    like $output, qr/MAGPIE_PORT/, 'tells the settings';
    (undef, $status) = magpie('nonsense');
    is $status, 2, 'an unknown verb';
    for my $bad ([ MAGPIE_PORT => '0' ], [ MAGPIE_PORT => '8o80' ], [ MAGPIE_WORKERS => '-1' ], [ MAGPIE_SET => 'x' ]) {
        ($output, $status) = magpie('up', @$bad);
        isnt $status, 0, "$bad->[0]=$bad->[1] is refused";
        like $output, qr/$bad->[0]/, 'and named';
    }
};

subtest 'the demo accounts' => sub {
    my ($alex, $kim) = map { $magpie->user($_, password => "magpie-$_") } qw(alex kim);
    is_deeply [ map { $_->{username} } $alex->get('/api/friends')->json->{friends}->@* ], ['kim'], 'alex has kim';
    my $messages = $alex->get('/api/history?contact_type=single&contact_id=' . $kim->id)->json->{messages};
    is scalar @$messages, 1, 'and one greeting';
};

subtest 'its files' => sub {
    ok -S $magpie->dir . "/run/$_", "$_ is a socket" for qw(fcgi.sock redis.sock .s.PGSQL.5432);
    is sprintf('%o', (stat $magpie->dir . '/run/fcgi.sock')[2] & 0777), '660', 'fcgi.sock is for its user and group';
    is sprintf('%o', (stat $magpie->dir . '/run')[2] & 0777),           '700', 'run/ is for its user';
    my ($inode) = readlink('/proc/' . $magpie->pid('worker-1') . '/fd/0') =~ /^(socket:\[\d+\])$/;
    is readlink('/proc/' . $magpie->pid('worker-2') . '/fd/0'), $inode, 'the workers share one socket';
};

subtest 'whatever is killed comes back' => sub {
    my $alex = $magpie->user('alex', password => 'magpie-alex');
    for my $name (@names) {
        my $start = time;
        my $old   = $magpie->pid($name);
        my $new   = $magpie->kill($name);
        cmp_ok time - $start, '<', 1, "$name is started again within a second";
        ok kill(0, $new), 'its new id is that of a process';
        ok((wait_until { $magpie->ready } 15), 'and all is well again');      # PostgreSQL's recovery may take as long
        ok((wait_until { $alex->get('/api/me')->status == 200 } 5), 'a session too');
    }
    # A backend that outlives its postmaster would keep the next one from starting.
    ok((wait_until { $magpie->psql('select 1') eq '1' } 5), q(the database answers));
};

subtest 'a supervisor that was killed' => sub {
    my @before = map { $magpie->pid($_) } @names;
    kill KILL => $magpie->pid('magpie');
    $magpie->up(MAGPIE_WORKERS => 3);
    ok !(grep { kill 0, $_ and $magpie->pid('nginx') != $_ and (readlink("/proc/$_/cwd") // '') =~ $magpie->dir } @before),
        'the next `up` ends what it left';
    ok $magpie->ready, 'and starts anew';
    is $magpie->psql("select count(*) from magpie.account where username in ('alex', 'kim')"), 2,
        'with the same database';
    ok -e $magpie->dir . '/run/worker-3.pid', 'and as many workers as it was told';
};

subtest 'down' => sub {
    my ($output, $status) = magpie('down');
    is $status, 0, 'down';
    is_deeply [ $magpie->processes ], [], 'leaves no process';
    is_deeply [ glob $magpie->dir . '/run/*.pid' ], [], 'and no file that names one';
    ($output, $status) = magpie('status');
    is $status, 3, 'status: nothing runs';
    # A process id in a stale file is anybody's by now.
    open my $file, '>', $magpie->dir . '/run/redis.pid' or die $!;
    print {$file} "$$\n";
    close $file;
    ($output, $status) = magpie('down');
    is $status, 0, 'down again does no harm, to the process of a stale file neither';
};

subtest 'in a terminal' => sub {
    my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1, ReuseAddr => 1) or die $!;
    my ($output, $status) = magpie('up', MAGPIE_PORT => $taken->sockport);
    isnt $status, 0, 'a port in use is refused';
    like $output, qr/port \d+ .*in use/, 'and named';
    close $taken;

    for my $signal (qw(INT TERM HUP)) {
        local %ENV = $magpie->env;
        my $log = $magpie->dir . "/terminal.$signal";
        my $pid = fork // die $!;
        if (!$pid) {
            $SIG{INT} = 'IGNORE';          # as a shell starts what is to run in the background
            open STDOUT, '>', $log;
            open STDERR, '>&', \*STDOUT;
            exec $script, 'up' or die $!;
        }
        ok((wait_until { (Magpie::_lines($log))[-1] // '' =~ /Ctrl-C/ and grep { /ready: http/ } Magpie::_lines($log) } 30),
            q(it says when it is ready));
        $magpie->kill('worker-1') if $signal eq 'INT';
        kill $signal => $pid;
        waitpid $pid, 0;
        is $?, 0, "$signal ends it in peace";
        is_deeply [ $magpie->processes ], [], 'with all that it started';
        ok grep({ /worker-1 .*ended/ } Magpie::_lines($log)), 'and it had told of the worker' if $signal eq 'INT';
    }
};

subtest 'beside another, as another user' => sub {
    plan skip_all => 'I am not root' if $>;
    my $dir = $magpie->dir . '-nobody';
    my @as_nobody = (qw(setpriv --reuid=nobody --regid=nogroup --clear-groups));
    plan skip_all => 'nobody can reach this folder'
        if system @as_nobody, 'sh', '-c', 'test -r "$1" && test -x "$2/magpie-worker"', 'sh', $script,
        $ENV{MAGPIE_BUILD} // Magpie->root . '/var/build';
    mkdir $dir, 0700 or die "$dir: $!";
    chown +(getpwnam 'nobody')[ 2, 3 ], $dir;
    $magpie->up;
    my $port = $magpie->port + 1;
    local %ENV = (
        $magpie->env, MAGPIE_DIR => $dir, MAGPIE_TEMPLATE => '', MAGPIE_PORT => $port,
        MAGPIE_BUILD => $ENV{MAGPIE_BUILD} // Magpie->root . '/var/build'
    );
    my ($output, $status) = Magpie::_run(@as_nobody, $script, 'up', '--detach');
    is $status, 0, 'it starts' or diag $output;
    ok $magpie->ready, 'the other one goes on';
    my %uids = map { (stat "/proc/$_")[4] => 1 } map { Magpie::_lines($_) } glob "$dir/run/*.pid";
    is_deeply [ keys %uids ], [ scalar getpwnam 'nobody' ], 'all of it belongs to that user';
    ($output, $status) = Magpie::_run(@as_nobody, $script, 'down');
    is $status, 0, 'it stops' or diag $output;
    ok $magpie->ready, 'the other one still goes on';
    system 'rm', '-rf', $dir;
};

done_testing;
