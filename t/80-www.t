#!/usr/bin/perl
# The browser client's modules without a browser: what they do, their types, their style, and who may say what.
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

subtest 'eslint finds nothing' => sub {
    my $eslint = MagpieNode::modules() . '/eslint/bin/eslint.js';
    local $ENV{MAGPIE_NODE_MODULES_DIR} = MagpieNode::modules();
    my $out = qx{cd '$FindBin::Bin/..' && node '$eslint' -c t/eslint.config.js --max-warnings 0 www t/www t/browser 2>&1};
    is $?, 0, 'eslint' or diag $out;
};

# These work on the page itself, or on what only a browser has: t/browser/ has their tests.
my %of_page = map { $_ => 1 } qw(after alerting desktop early late main site tone types);      # and types has none

subtest 'of each module beside the page 90 % of the lines are run' => sub {
    my @tests = glob "$FindBin::Bin/www/*.test.js";
    my %lines;
    for (qx{cd '$FindBin::Bin/..' && node --test --test-reporter=tap --experimental-test-coverage @tests}) {
        $lines{$1} = $2 if m{^#\s+(?:\S+/)?([\w.-]+)\.js\s*\|\s*([\d.]+)\s*\|};
    }
    for my $module (modules('*.js')) {
        next if $of_page{ $module->{name} };
        cmp_ok $lines{ $module->{name} } // 0, '>=', 90, $module->{name};
    }
};

# Who may ask the server and who may keep something, eslint knows.
subtest 'each has its place' => sub {
    my $held = qr/\bstore(?:\.\w+|\[[^]]+\])+/;
    for my $module (modules('*.js', 'elements/*.js')) {
        my ($name, $code) = ($module->{name}, $module->{text} =~ s{^\s*(?://|/?\*).*$}{}mgr);
        unlike $code, qr/\blocation\.(?:hash\s*=(?!=)|assign\b|replace\b)|\bhistory\.\w+State\b/, "$name leaves addresses to places" if $name ne 'places';
        if ($name =~ m{^elements/}) {
            unlike $code, qr/$held\s*(?:[-+|&?]{0,2}=(?![=>])|\+\+|--)|$held\.(?:set|add|delete|clear|push|splice)\(/, "$name leaves the state to the store";
        }
        elsif ($name !~ /^(?:main|late)$/) {
            unlike $code, qr{\bimport\b[^;\n]*elements/}, "$name knows no element";
        }
    }
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

# Modules of www/js: name without ending, text.
sub modules {
    my @modules;
    for my $file (map { glob "$www/js/$_" } @_) {
        open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
        push @modules, { name => $file =~ s{.*/www/js/|\.js$}{}gr, text => do { local $/; <$in> } };
    }
    return @modules;
}
