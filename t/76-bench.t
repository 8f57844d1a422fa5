#!/usr/bin/perl
# The bench runs: two seconds of it lose and double nothing, and every figure is there. What the figures are, nobody
# can say on a machine that does other things beside.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use BenchAims;
use BenchTable;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Xmpp;

my $build = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build");
BAIL_OUT('there is no build tree: ./magpie test makes it, or set MAGPIE_BUILD') unless defined $build && -e "$build/Makefile";
is system('make', '-s', '-C', $build, 'magpie-bench'), 0, 'the load generator builds' or BAIL_OUT('no magpie-bench');

subtest 'pairs, for two seconds' => sub {
    my $temp = tempdir('bench-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0777, $temp;                                     # run as root, the servers are nobody's
    delete @ENV{qw(MAGPIE_DIR MAGPIE_PORT MAGPIE_SET PARK RATE WORKERS)};
    local @ENV{qw(MODE SECONDS SYSTEMS RESULTS MAGPIE_BUILD POSTGRES)} = ('pairs', 2, 'magpie', "$temp/results.md", $build, '-c fsync=off');
    my $said = qx('$FindBin::Bin/bench/run' 2>&1);
    is $?, 0, 'it ends well' or diag $said;
    my %row = $said =~ /^\| ([^|]+?) \| ([^|]*?) \|$/mg;
    is $row{$_}, 0, "$_: none" for 'lost', 'doubled', 'sends failed', 'sends without an answer', 'readers refused', 'connections broken off';
    cmp_ok $row{$_} // 0, '>', 0, $_ for 'deliveries/s', 'messages/s', 'p90', 'p99', 'max', 'CPU for each, µs: all', 'PSS, MB: all', 'workers', 'nginx';
    open my $in, '<', "$temp/results.md" or die "results.md: $!";
    my $text = do { local $/; <$in> };
    like $said, qr/\Q$text\E/, 'the same is in the file';
};

# A server for one reader, asked as nchan is: it tells the reader's first poll and the first send to come later, drops the
# connection of the second, refuses the third, and takes all others.
sub moody_server {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die $!;
    my $pid = fork // die $!;
    return ('127.0.0.1:' . $listener->sockport, $pid) if $pid;
    my ($select, %in, @texts, $held) = (IO::Select->new($listener));
    my ($gets, $posts) = (0, 0);
    my $answer = sub { my ($to, $status, $headers, $body) = @_; print $to "HTTP/1.1 $status X\r\n${headers}Content-Length: ${\length $body}\r\n\r\n$body" };
    my $later  = sub { $answer->($_[0], 503, "Retry-After: 1\r\n", '') };
    my $give   = sub { $held and @texts and $answer->($held, 200, "Last-Modified: x\r\nETag: 1\r\n", shift @texts), undef $held };
    alarm 60;
    while (my @ready = $select->can_read) {
        for my $from (@ready) {
            if ($from == $listener) { $select->add(scalar $listener->accept); next }
            if (!sysread $from, $in{$from}, 4096, length($in{$from} // '')) { $select->remove($from); close $from; next }
            my ($text) = $in{$from} =~ /\r\n\r\n(.*)/s or next;
            next if length $text < ($in{$from} =~ /^Content-Length: (\d+)/m ? $1 : 0);
            if (delete($in{$from}) =~ /^GET/) { $gets++ ? ($held = $from) : $later->($from) }
            elsif (++$posts == 1)             { $later->($from) }
            elsif ($posts == 2)               { $select->remove($from); close $from }
            elsif ($posts == 3)               { $answer->($from, 400, '', '') }
            else                              { push @texts, $text; $answer->($from, 202, '', '') }
            $give->();
        }
    }
    POSIX::_exit(0);
}

subtest 'who is told to come later does, and what becomes of each send is counted' => sub {
    my ($host, $pid) = moody_server();
    my %said = map { chomp; split / /, $_, 2 } qx('$build/magpie-bench' --target nchan --host $host --readers 1 --senders 1 --rate 5 --seconds 2 --warm 0 2>/dev/null);
    is $?, 0, 'it ends well';
    my %should = (told_to_wait => 1, readers_refused => 0, sent_again => 1, unanswered => 1, failed => 1, lost => 0, doubled => 0, broken => 1);
    is_deeply { map { $_ => $said{$_} } keys %should }, \%should, 'the counts' or diag explain \%said;
    cmp_ok $said{deliveries}, '>', 0, 'the others arrive';
    kill TERM => $pid;
    waitpid $pid, 0;
};

for my $name (qw(prosody ejabberd)) {
    subtest "$name is asked by BOSH" => sub {
        my $server = Xmpp->start($name, users => 25) or plan skip_all => "$name: " . Xmpp->missing;
        my ($host, %process) = ($server->address, $server->processes);
        my @args = ('--host', $host, '--process', "server=$process{$name}", qw(--readers 20 --senders 5 --seconds 1 --warm 0));
        my %said = map { chomp; split / /, $_, 2 } qx('$build/magpie-bench' --target bosh @args);
        is $?, 0, 'it ends well';
        is $said{$_}, 0, "$_: none" for qw(lost doubled stray failed unanswered broken gone readers_refused);
        cmp_ok $said{$_}, '>', 0, $_ for qw(deliveries cpu_us.server);
        $server->stop;
    };
}

subtest 'a table has ratios, and tells what went wrong' => sub {
    my %found = (
        magpie => { pairs => { deliveries_s => 100, lost => 1, 'cpu_us.all' => 30, 'cpu_us.nginx' => 10, 'delivery.p99_us' => 2500 } },
        nchan  => { pairs => { deliveries_s => 200, lost => 0, 'cpu_us.all' => 20, 'cpu_us.nginx' => 20, 'delivery.p99_us' => 1000 } },
    );
    my %run = (asked => ['pairs'], modes => { pairs => { title => 'some' } }, systems => [qw(magpie nchan)], seconds => 2, settings => { MODE => 'pairs' });
    my ($text, $good) = BenchTable::text(%run, found => \%found, missing => ['nchan-redis: none']);
    like $text, qr/^\| CPU for each, µs: all \| 30\.0 \| 20\.0 \(1\.50\) \|$/m, 'a ratio';
    like $text, qr/^\| nginx \| 10\.0 \| 20\.0 \|$/m,                         'none for a part';
    like $text, qr/^\| p99 \| 2\.5 \| 1\.0 \(2\.50\) \|$/m,                   'milliseconds';
    like $text, qr/^magpie went wrong: lost$/m,                                'lost';
    like $text, qr/^Without nchan-redis: none$/m,                              'what is not there';
    ok !$good, 'that is a failure';
    $found{magpie}{pairs}{lost} = 0;
    $found{nchan}{pairs}{lost}  = 7;
    ok +(BenchTable::text(%run, found => \%found, missing => []))[1], 'what a rival loses is none';
};

subtest 'a herd is told to wait, and a rival whose server ended is not blamed' => sub {
    my %of    = (recovery_s => 21, told_to_wait => 3, readers_refused => 0, unanswered => 2, failed => 0, lost => 0);
    my %found = (magpie => { herd => {%of} }, nchan => { herd => {%of} });
    my %run   = (asked => ['herd'], modes => { herd => { title => 'all' } }, systems => [qw(magpie nchan)], seconds => 2, settings => {}, missing => []);
    my ($text, $good) = BenchTable::text(%run, found => \%found);
    like $text, qr/^\| within 20 s \| no \| no \|$/m,           'not in time';
    like $text, qr/^\| readers told to wait \| 3 \| 3 \|$/m,    'counted apart';
    like $text, qr/^magpie went wrong: unanswered$/m,           'its own sends get answers';
    unlike $text, qr/^nchan went wrong/m,                       'the rival may lose what it had in hand';
    ok !$good, 'that is a failure';
};

subtest 'the aims, each met or not' => sub {
    my %magpie = (
        idle   => { map { ("empty_kib.$_" => 10_240) } qw(nginx workers redis postgres) },
        pairs  => { 'cpu_us.all' => 90, lost => 0, doubled => 0 },
        rate   => { 'delivery.p99_us' => 14_000 },
        fanout => { 'cpu_us.all' => 41, lost => 0, doubled => 1 },
        park   => { 'parked_bytes.all' => 5000, 'parked_bytes.workers' => 500, 'parked_bytes.redis' => 600, 'core_percent.all' => 4, readers => 10_000 },
        herd   => { recovery_s => 7, failed => 0, unanswered => 0, readers => 10_000 },
        'growth.pairs.100'  => { 'cpu_us.all' => 100 }, 'growth.pairs.1000' => { 'cpu_us.all' => 110 }, 'growth.pairs.10000' => { 'cpu_us.all' => 120 },
        'growth.fanout.3'   => { 'cpu_us.all' => 60 },  'growth.fanout.50'  => { 'cpu_us.all' => 50 },  'growth.fanout.500'  => { 'cpu_us.all' => 45 },
    );
    my %found = (magpie => \%magpie, 'nchan-redis' => { pairs => { 'cpu_us.all' => 100 } }, nchan => { park => { 'parked_bytes.all' => 4000 } });
    my %row = BenchAims::text(\%found, rate => 1000) =~ /^\| ([^|]+?) \| [^|]+ \| ([^|]*\| [a-z ]+) \|$/mg;
    my %should = (
        'one to one, CPU for each delivery: times nchan with Redis' => '0.90 | met',     'the same: times ejabberd'                      => ' | not measured',
        '1,000 messages a second, delivered after: p99, ms'         => '14.0 | met',     'bytes for each who waits: times nchan'         => '1.25 | not met',
        'bytes for each who waits, in workers and Redis'            => '1100 | not met', 'fan-out to 500, CPU for each delivery, µs'     => '41.0 | not met',
        '10,000 wait and nothing is sent, of a core, %'             => '4.0 | met',      'idle, workers, Redis and nginx, PSS, MB'       => '30.0 | met',
        'idle, with PostgreSQL, PSS, MB'                            => '40.0 | met',     'herd of 10,000, seconds until all wait again'  => '7.0 | met',
        'herd, sends that failed'                                   => '0 | met',        'lost or doubled, in all modes'                 => '1 | not met',
        'CPU for each delivery, most above least, 100 to 10,000 wait, %' => '20 | not met', 'CPU for each delivery to a larger group: times to a smaller, at most' => '0.90 | met',
    );
    is_deeply \%row, \%should, 'all of them' or diag explain \%row;
    delete $magpie{herd};
    is BenchAims::text(\%found, rate => 1000), '', 'without all modes there is none';
};
done_testing;
