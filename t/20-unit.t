#!/usr/bin/perl
# The unit tests in t/unit/, each of whose cases is a test here, and the fuzz
# drivers in t/fuzz/, run over their corpus. The programs are in the build tree.
use v5.30; use warnings;
use FindBin;
use Cwd qw(abs_path);
use File::Basename qw(basename);
use Test::More;

my $build = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build");
BAIL_OUT('there is no build tree: ./magpie test makes it, or set MAGPIE_BUILD')
    unless defined $build && -e "$build/Makefile";
system('make', '-s', '-C', $build, 'unit-programs') == 0
    or BAIL_OUT("make unit-programs failed in $build");
chdir "$FindBin::Bin/.." or die $!;

for my $source (glob "$FindBin::Bin/unit/test_*.c") {
    my $name = basename($source, '.c');
    my ($output, $status) = run("$build/t/unit/$name");
    my ($planned) = $output =~ /^1\.\.(\d+)$/m;
    my $ran = 0;

    while ($output =~ /^(not )?ok \d+ - (.*)$/mg) {
        ok !$1, "$name: $2";
        $ran++;
    }
    is $ran, $planned // 'a plan', "$name: ran all of its cases";
    is $status, 0, "$name: ended well" or diag $output;
}

for my $source (glob "$FindBin::Bin/fuzz/fuzz_*.c") {
    my $name = basename($source, '.c');
    my $corpus = "$FindBin::Bin/fuzz/corpus/" . $name =~ s/^fuzz_//r;
    my ($output, $status) = run("$build/t/fuzz/$name", $corpus);

    is $status, 0, "$name: took its corpus" or diag $output;
}
done_testing;

# What a program says, and how it ended.
sub run {
    my @command = @_;
    my $pid = open my $out, '-|';

    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        $ENV{CMOCKA_MESSAGE_OUTPUT} = 'TAP';
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec @command; }
        print "$command[0]: $!\n";
        exit 127;
    }
    my $output = do { local $/; <$out> } // '';
    close $out;
    return ($output, $?);
}
