#!/usr/bin/perl
# What cppcheck and clang-tidy (with the checks of .clang-tidy) find in the C. Nothing, if it is to pass.
use v5.30;
use warnings;
use FindBin;
use Cwd qw(abs_path);
use Test::More;

my $build = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build");
BAIL_OUT('there is no build tree: ./magpie test makes it, or set MAGPIE_BUILD') unless defined $build && -e "$build/Makefile";
chdir "$FindBin::Bin/.." or die $!;

# As the tree's own compiler is called, but for its warnings; with the points of fault.h, so that these are looked at as well.
delete $ENV{MAKEFLAGS};
my $variables = join ' ', map { "\$($_)" } qw(DEFS AM_CPPFLAGS CPPFLAGS HIREDIS_CFLAGS LIBPQ_CFLAGS SODIUM_CFLAGS PNG_CFLAGS TURBOJPEG_CFLAGS WEBP_CFLAGS CMOCKA_CFLAGS);
chomp(my $flags = qx(make -s -o Makefile -C '$build' --eval='lint-flags: ; \@echo $variables' lint-flags));
is $?, 0, 'the build tree says how it compiles';
$flags = "-std=gnu11 -DMAGPIE_FAULTS -I'$build' $flags";

# Two at a time, and after whatever else is tested at this moment.
my $jobs    = 'nice -n 10';
my $sources = 'fcgi/*.c t/unit/*.c t/fuzz/*.c t/bench/*.c';

my $said = qx($jobs cppcheck -q -j 2 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --std=c11 -DMAGPIE_FAULTS fcgi t/unit t/fuzz t/bench 2>&1);
is $?, 0, 'cppcheck finds nothing' or diag $said;

# One file for each process: what it remembers of one has it see things in the next.
$said = qx(ls $sources | $jobs xargs -P 2 -I{} clang-tidy --quiet --warnings-as-errors='*' --header-filter='/(fcgi|t/bench)/' {} -- $flags 2>&1);
is $?, 0, 'clang-tidy finds nothing' or diag join "\n", grep { !/^\d+ warnings? (?:generated|treated)/ } split /\n/, $said;
done_testing;
