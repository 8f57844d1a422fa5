#!/usr/bin/perl
# The man page has the settings that the worker has, with their ranges and defaults.
# MAGPIE_WRITE=1 writes that part of it anew.
use v5.30;
use warnings;
use FindBin;
use Test::More;

my $root   = "$FindBin::Bin/..";
my $build  = $ENV{MAGPIE_BUILD} // "$root/var/build";
my $page   = "$root/docs/magpie-worker.8";
my $worker = "$build/magpie-worker";
-x $worker or BAIL_OUT("no worker in $build: ./magpie test builds one");

my $expected = join '', map { row($_) } split /\n\n/, `'$worker' --check-settings`;
open my $in, '<', $page or die "$page: $!";
my $text = do { local $/; <$in> };
my ($head, $found, $tail) = $text =~ /^(.*\n\.SH SETTINGS\n(?:\.\\"[^\n]*\n)*)(.*?)(\.SH SIGNALS\n.*)$/s
    or BAIL_OUT("$page has no SETTINGS before SIGNALS");

if ($ENV{MAGPIE_WRITE} && $found ne $expected) {
    open my $out, '>', $page or die "$page: $!";
    print {$out} $head, $expected, $tail;
    close $out or die "$page: $!";
    $found = $expected;
}
is $found, $expected, 'the settings in docs/magpie-worker.8';

my ($usage) = `'$worker' --help`;
for my $option ($usage =~ /(?<![\w-])(--?[a-z-]+)/g) {
    like $text, qr/\Q@{[ $option =~ s{-}{\\-}gr ]}\E/, "the man page has $option";
}
my ($version) = `'$worker' --version` =~ /([\d.]+)/;
like $text, qr/"magpie \Q$version\E"/, 'and its version';
done_testing;

# "# meaning / # range; default: X / name = value" as the man page has it.
sub row {
    my ($lines) = @_;
    my ($meaning, $range, $name) = $lines =~ /^# (.*)\n# (.*)\n([\w.]+) =/ or die "what is this? $lines";
    s/\\/\\e/g, s/^\./\\&./, s/-/\\-/g for $meaning, $range, $name;
    return ".TP\n.B $name\n" . ucfirst($meaning) . ".\n" . ($range =~ /^http/ ? $range : ucfirst $range) . ".\n";
}
