#!/usr/bin/perl
# The ledger sees what it is there to see: two of the ways in which `make ledger-mutants` breaks Magpie, and that each
# of the others still fits the sources.
use v5.30;
use warnings;
use FindBin;
use File::Basename qw(basename);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Test::More;

my $mutants = "$FindBin::Bin/ledger/mutants";
my $root    = "$FindBin::Bin/..";
my @rows    = map { [split] } split /\n/, `'$mutants/run' list`;
is_deeply [sort map { $_->[0] } @rows], [sort map { basename($_, '.patch') } glob "$mutants/*.patch"], 'each patch has a row';
is scalar @rows, 10, 'ten of them';

for my $row (@rows) {
    my ($name, $fault) = ($row->[0], $row->[1] =~ s/:.*//r);
    ok -x "$FindBin::Bin/ledger/faults/$fault", "$name: there is a fault $fault";
    my $said = `patch -p1 --fuzz=0 --dry-run -d '$root' <'$mutants/$name.patch' 2>&1`;
    is $?, 0, "$name fits the sources" or diag $said;
}

my $temp = tempdir('mutants-XXXXXX', TMPDIR => 1, CLEANUP => 1);
delete @ENV{qw(MAGPIE_DIR MAGPIE_PORT MAGPIE_SET)};
# Both at once: they wait more than they work.
my %caught = (
    'no-unique-key' => [qr/\bdoubled [1-9]/,       'two of one key are doubled'],
    'no-sweeper'    => [qr/\b(?:late|lost) [1-9]/, 'a dropped push is late or lost'],
);
my %run;
for my $name (sort keys %caught) {
    open $run{$name}, '-|', "MUTANTS_DIR='$temp/$name' '$mutants/run' $name 2>&1" or die "run: $!";
}
for my $name (sort keys %caught) {
    my ($by, $what) = $caught{$name}->@*;
    my $said = do { local $/ = undef; readline $run{$name} };
    ok close $run{$name}, "$name is caught" or diag $said;
    like $said, qr/^mutants: $name: caught: .*$by/m, $what;
}

# Sources that a patch doesn't fit: a tree in which there is nothing else.
make_path("$temp/sources/t/ledger/mutants");
system('cp', "$mutants/run", "$mutants/no-revs.patch", "$temp/sources/t/ledger/mutants") == 0 or die 'cp';
my $said = `MUTANTS_DIR='$temp/unfit' '$temp/sources/t/ledger/mutants/run' no-revs 2>&1`;
is $? >> 8, 1, 'a patch that does not fit is not caught';
like $said, qr/^mutants: no-revs: NOT CAUGHT: no-revs\.patch does not fit/m, 'and that is said';

is system("'$mutants/run' nonsense >'$temp/said' 2>&1") >> 8, 2, 'one that there is not is an error';
done_testing;
