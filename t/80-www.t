#!/usr/bin/perl
# The browser client's modules without a browser, and their types.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use MagpieNode;

my $www = "$FindBin::Bin/../www";

{
    local $ENV{MAGPIE_NODE_MODULES_DIR} = MagpieNode::modules();
    MagpieNode::run_tests(glob "$FindBin::Bin/www/*.test.js");
}

subtest 'the types agree' => sub {
    my $tsc = MagpieNode::modules() . '/typescript/bin/tsc';
    my $out = qx{node '$tsc' -p '$FindBin::Bin/tsconfig.json'};
    is $?, 0, 'tsc --noEmit' or diag $out;
};

subtest 'a module does one thing, on a page or so' => sub {
    for my $file (glob("$www/js/*.js $www/js/*/*.js")) {
        open my $in, '<', $file or die "$file: $!";
        my @lines = <$in>;
        my $most = $file =~ m{/lang/} ? 500 : 400;           # texts, one a line
        cmp_ok scalar @lines, '<=', $most, $file =~ s{.*/www/}{}r;
    }
};

subtest 'nothing comes from another host, and no code is inline' => sub {
    for my $file (glob("$www/*.html $www/*.css $www/*.js $www/js/*.js $www/js/*/*.js")) {
        open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
        my $text = do { local $/; <$in> };
        my $name = $file =~ s{.*/www/}{}r;
        unlike $text, qr{(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|import\s*["'(]+(?:https?:)?//}, "$name: no foreign address";
        unlike $text, qr{\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write\b|\beval\(|new Function\b}, "$name: no markup from text";
        unlike $text, qr{<script(?![^>]*\bsrc=)[^>]*>|\son\w+\s*=\s*["']|<style|\sstyle\s*=\s*["']}, "$name: nothing inline" if $name =~ /html$/;
    }
};

done_testing;
