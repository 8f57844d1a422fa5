#!/usr/bin/perl
# The bench runs: two seconds of it lose and double nothing, and every figure is there. What the figures are, nobody
# can say on a machine that does other things beside.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use BenchTable;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Test::More;

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
    is $row{$_}, 0, "$_: none" for 'lost', 'doubled', 'sends failed', 'readers refused', 'connections broken off';
    cmp_ok $row{$_} // 0, '>', 0, $_ for 'deliveries/s', 'messages/s', 'p90', 'p99', 'max', 'CPU for each, µs: all', 'PSS, MB: all', 'workers', 'nginx';
    open my $in, '<', "$temp/results.md" or die "results.md: $!";
    my $text = do { local $/; <$in> };
    like $said, qr/\Q$text\E/, 'the same is in the file';
};

subtest 'a table has ratios, and tells what went wrong' => sub {
    my %found = (
        magpie => { pairs => { deliveries_s => 100, lost => 1, 'cpu_us.all' => 30, 'cpu_us.nginx' => 10, 'delivery.p99_us' => 2500 } },
        nchan  => { pairs => { deliveries_s => 200, lost => 0, 'cpu_us.all' => 20, 'cpu_us.nginx' => 20, 'delivery.p99_us' => 1000 } },
    );
    my %run = (asked => ['pairs'], modes => { pairs => { title => 'some' } }, systems => [qw(magpie nchan)], seconds => 2, settings => { MODE => 'pairs' });
    my ($text, $good) = BenchTable::text(%run, found => \%found, missing => ['nchan-redis: none']);
    like $text, qr/^\| CPU for each, µs: all \| 30\.0 \| 20\.0 \| 1\.50 \|$/m, 'a ratio';
    like $text, qr/^\| nginx \| 10\.0 \| 20\.0 \|  \|$/m,                      'none for a part';
    like $text, qr/^\| p99 \| 2\.5 \| 1\.0 \| 2\.50 \|$/m,                     'milliseconds';
    like $text, qr/^magpie went wrong: lost$/m,                                'lost';
    like $text, qr/^Without nchan-redis: none$/m,                              'what is not there';
    ok !$good, 'that is a failure';
    $found{magpie}{pairs}{lost} = 0;
    $found{nchan}{pairs}{lost}  = 7;
    ok +(BenchTable::text(%run, found => \%found, missing => []))[1], 'what a rival loses is none';
};
done_testing;
