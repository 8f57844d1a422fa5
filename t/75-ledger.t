#!/usr/bin/perl
# The ledger's short form: people send and read while faults strike, and nothing is lost, doubled, out of order or shown
# to others. The long form is `make ledger`, see docs/reliability.md.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;
use MagpieNode;

my $ledger = "$FindBin::Bin/ledger";
my $temp   = tempdir('ledger-XXXXXX', TMPDIR => 1, CLEANUP => 1);

# As `make ledger` finds it in a build tree: through a link.
symlink $FindBin::Bin, "$temp/t" or die "link: $!";

# Runs it; answers its exit status, its results and what it said.
sub ledger {
    my ($name, %env) = @_;
    local %ENV = (%ENV, USERS => 12, LEDGER_DIR => "$temp/$name", %env);
    delete @ENV{qw(MAGPIE_DIR MAGPIE_PORT MAGPIE_SET)};
    my $said    = `'$temp/t/ledger/run' 2>&1`;
    my $status  = $? >> 8;
    my $results = eval {
        open my $in, '<', "$temp/$name/results.json" or die "results.json: $!\n";
        local $/;
        decode_json(<$in>);
    };
    return ($status, $results // {}, $said);
}

# Every column of a run is 0, and it was no idle run.
sub all_is_well {
    my ($at_least, $name, %env) = @_;
    my ($status, $results, $said) = ledger($name, %env);
    my $columns = $results->{columns} // {};
    cmp_ok scalar keys %$columns, '>=', 13, 'there is a verdict';
    is $columns->{$_}, 0, "none in the column $_" for sort keys %$columns;
    cmp_ok $results->{acknowledged} // 0, '>=', $at_least, "$at_least sends were acknowledged, or more";
    is $status, 0, 'the ledger is content' or diag $said;
    return { map { $_->{fault} => $_ } @{ $results->{faults} // [] } };
}

MagpieNode::run_tests(glob "$ledger/*.test.js");

subtest 'calm, a worker killed, Redis emptied and restarted, PostgreSQL restarted, a new version deployed' => sub {
    my @faults = qw(calm kill-worker flushall redis-restart pg-fast deploy);
    my $of     = all_is_well(500, 'faults', FAULT => join(',', @faults), SECONDS => 45, PAUSE => 3);
    cmp_ok $of->{calm}{acknowledged}, '>=', 20, 'before the first strike sends were acknowledged';
    for my $fault (@faults) {
        is $of->{$fault}{not_run}, undef, "$fault: this machine can";
        cmp_ok $of->{$fault}{strikes},      '>=', 1,  "$fault: it struck";
        cmp_ok $of->{$fault}{acknowledged}, '>=', 5,  "$fault: and sends were acknowledged";
    }
};

subtest 'what it is asked for and does not have' => sub {
    my ($status, undef, $said) = ledger('unknown', FAULT => 'no-such-fault');
    isnt $status, 0, 'fails';
    like $said, qr/no-such-fault/, 'and names it';
};

done_testing;
