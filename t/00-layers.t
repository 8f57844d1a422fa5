#!/usr/bin/perl
# The files of fcgi/ include only what is below them in HACKING.md's table of layers; each library
# is known to one file alone; each header compiles by itself.
use v5.30;
use warnings;
use FindBin;
use File::Basename qw(basename);
use Test::More;

my $root = "$FindBin::Bin/..";

# The table: rows "| layer | `file` ... | holds |". A row may include the rows above it; files that
# are joined by a + are one subject and may include each other.
my (%row, %subject);
my $rows = 0;
for my $line (slurp("$root/HACKING.md")) {
    next unless $line =~ /^\| (?:\d|top)? *\| ((?:`\w+`[ ,+]*)+)\|/;
    my $cell = $1;
    $rows++;
    for my $group (split /,/, $cell) {
        my @names = $group =~ /`(\w+)`/g;
        @row{@names}     = ($rows) x @names;
        @subject{@names} = ("@names") x @names;
    }
}
cmp_ok $rows, '>', 10, 'HACKING.md has the table';

# What is said to the outside by one file alone.
my %library = (
    'fastcgi.h'      => qr/^record\.c$/,
    'libpq-fe.h'     => qr/^db(?:_\w+)?\.c$/,
    'hiredis/'       => qr/^redis(?:_link)?\.[ch]$/,
    'unicase.h'      => qr/^text\.c$/,
    'uninorm.h'      => qr/^text\.c$/,
    'png.h'          => qr/^picture\.c$/,
    'turbojpeg.h'    => qr/^picture\.c$/,
    'webp/'          => qr/^picture\.c$/,
);

my @files = sort glob "$root/fcgi/*.[ch]";
for my $file (@files) {
    my $name = basename($file);
    my ($own) = $name =~ /^(\w+)\.[ch]$/;
    ok $row{$own}, "$name is in the table" or next;
    for my $line (slurp($file)) {
        if ($line =~ /^#\s*include\s+"(\w+)\.h"/) {
            my $other = $1;
            next if $other =~ /^(?:config|scripts)$/;       # made by the build
            next if $own eq $other;
            ok $row{$other}, "$name: $other.h is in the table" or next;
            ok $row{$other} < $row{$own} || $subject{$other} eq $subject{$own},
                "$name (row $row{$own}) may include $other.h (row $row{$other})";
        }
        elsif ($line =~ /^#\s*include\s+<([^>]+)>/) {
            my $header = $1;
            for my $library (grep { index($header, $_) == 0 } keys %library) {
                like $name, $library{$library}, "$name may include <$header>";
            }
        }
    }
}
is_deeply [ grep { !-e "$root/fcgi/$_.c" && !-e "$root/fcgi/$_.h" } sort keys %row ], [], 'no file of the table is missing';

# One compiler for all headers: each in a function of its own would hide what the one before brought.
my $flags = '-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only';
for my $header (grep { /\.h$/ } @files) {
    my $compiler = $ENV{CC} // 'cc';
    my $said = `$compiler $flags -x c '$header' 2>&1`;
    $said =~ s/^.*#pragma once in main file.*$//mg;
    is $?, 0, basename($header) . ' compiles alone' or diag $said;
}
done_testing;

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or BAIL_OUT("$path: $!");
    return <$in>;
}
