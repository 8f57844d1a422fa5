#!/usr/bin/perl
# The protocol of the queues as a model (t/model/queues.pml): Spin goes through every order in which its steps can come.
# Whole, it has no error; without any one of its clauses Spin finds what that clause is for.
use v5.30;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $model = "$FindBin::Bin/model/queues.pml";
system('command -v spin >/dev/null') == 0 or die "spin is missing (package spin)\n";

my $limit_s  = 180;                  # of the processor's time, for all searches
my $endless  = 300;                  # seconds for one, however busy the machine is
my $folder   = tempdir(CLEANUP => 1);

# Whole: which faults, how many in all, and which situations must have come up, or the search went through nothing.
my @whole = (
    [ 'without a fault', 0, [], qw(ring_overtook_an_answer hole push_without_a_queue taken_from_a_ring) ],
    [
        'any one fault', 1, [qw(KILL BREAK LOSE EARLY FLUSH LINK CUT REFUSE MISREAD LOSE_LIST LOSE_TAB LOSE_TABS)],
        qw(killed_between_push_and_ring old_name_noted swept replaced after_out_of_range left_while_held behind
           queue_gone queue_dropped_by_a_look queue_dropped_by_a_push look_refused answer_lost send_repeated)
    ],
    [ 'another Redis, also with an older copy', 1, ['RESTART'], qw(an_older_copy queue_dropped_by_a_look queue_gone) ],
    [
        'any two that kill no worker and leave Redis be', 2,
        [qw(LOSE EARLY LINK REFUSE MISREAD LOSE_LIST LOSE_TAB LOSE_TABS)], qw(given_up behind answer_lost)
    ],
    [
        'a worker killed twice, and lost answers', 2, [qw(KILL LOSE EARLY)],
        qw(killed_between_push_and_ring answer_lost)
    ],
    [
        'another Redis, and one more that kills no worker', 2,
        [qw(MSGS=1 RESTART LOSE EARLY LINK REFUSE MISREAD LOSE_LIST LOSE_TAB LOSE_TABS)], qw(an_older_copy given_up)
    ],
    [ 'a full queue, and a killed worker', 1, [qw(KILL CAP=2)], 'queue_overflows' ],
    [ 'a long message before a short one', 1, [qw(LONG=1 KILL BREAK LOSE LINK CUT)], 'taken_from_a_ring' ],
    [ 'faults of which revs need not tell', 1, [qw(KILL BREAK LOSE FLUSH LINK LOSE_LIST NO_REVS)], 'answer_lost' ],
);

# Without a clause: what Spin finds, and with which faults. What is late is lost to a client that sends no `revs`, where
# no later message shows the hole: the second part of the table.
my @without = (
    [ 'NO_TABLE_FIRST', 'late',    0 ],
    [ 'NO_GEN',         'late',    1, 'BREAK' ],
    [ 'NO_RING_BEFORE', 'late',    1, 'BREAK' ],
    [ 'FORGET_FIRST',   'late',    1, 'BREAK' ],
    [ 'RANGE_DROPS',    'late',    1, 'BREAK' ],
    [ 'CLEAR_NOTE',     'late',    1, 'KILL' ],
    [ 'NOT_GIVEN',      'needless', 0 ],
    [ 'ALONG_ONLY',     'late',    1, 'LOSE' ],
    [ 'ALONG_BLIND',    'late',    0 ],
    [ 'ALONG_OR_NEVER', 'late',    0 ],
    [ 'SILENT_CAP',     'late',    1, 'KILL', 'CAP=2' ],
    [ 'NO_LOOK',        'late',    1, 'FLUSH' ],
    [ 'NO_DOUBT',       'late',    1, 'LINK' ],
    [ 'OLD_BELL',       'late',    1, 'LINK' ],
    [ 'NO_MISREAD',     'late',    1, 'MISREAD' ],
    [ 'NO_RUN_ID',      'late',    1, 'RESTART' ],
    [ 'NO_LENGTH',      'late',    1, 'LOSE_LIST' ],
    [ 'NO_OUTBOX',      'late',    1, 'KILL' ],
    [ 'NO_OUTBOX',      'late',    1, 'REFUSE' ],
    [ 'STATE_FIRST',    'late',    0 ],
    [ 'POP',            'late',    1, 'LOSE' ],
    [ 'NO_KEY',         'doubled', 1, 'LOSE' ],
    [ 'SEQUENCE',       'lost',    0, 'LATE_OK' ],
    [ 'NO_REVS',        'lost',    1, 'LOSE_TABS' ],
    [ 'NO_REVS',        'lost',    2, 'REFUSE' ],
    ( map { [ @$_, 'NO_REVS', 'LATE_OK' ] }
        [ 'NO_RUN_ID',   'lost', 1, 'RESTART' ],
        [ 'NO_LENGTH',   'lost', 1, 'LOSE_LIST' ],
        [ 'NO_OUTBOX',   'lost', 1, 'REFUSE' ],
        [ 'STATE_FIRST', 'lost', 0 ],
        [ 'POP',         'lost', 1, 'LOSE' ],
    ),
);

# What the model's head says of two faults at once. Whoever closes one of these holes takes its row away.
my @known = (
    [ 'an old poll, and a killed worker', 2, qw(BREAK KILL MSGS=1) ],
    [ 'an old poll, and a connection cut', 2, qw(BREAK CUT MSGS=1) ],
    [ 'a full queue, and a worker killed with all the rings', 1, qw(KILL CAP=1) ],
);

my $text = do { local (@ARGV, $/) = $model; <> };
my %told = map { $_->[0] => 1 } @without;
is_deeply [ grep { !$told{$_} } clauses() ], [], 'each clause of the model is removed by a row of the table';

for (@whole) {
    my ($name, $faults, $kinds, @seen) = @$_;
    my $said = search("FAULTS=$faults", 'SEEN', @$kinds) or next;
    my ($states, $errors) = ($said =~ /(\d+) states, stored/, $said =~ /errors: (\d+)/);
    is $errors, 0, "$name: no error in $states states" or diag $said;
    unlike $said, qr/max search depth too small|search not completed|MEMLIM|out of memory|aborting/i,
        "$name: nothing was left out";
    my @missing = grep { $said !~ /^seen: $_$/m } 'all_quiet', @seen;
    is "@missing", '', "$name: every situation came up";
}

for (@without) {
    my ($clause, $what, $faults, @kinds) = @$_;
    my $said = search("FAULTS=$faults", $clause, @kinds) or next;
    is found($said), $what, join ' ', 'without a clause:', $clause, @kinds or diag $said;
}

for (@known) {
    my ($name, $faults, @kinds) = @$_;
    my $said = search("FAULTS=$faults", @kinds) or next;
    is found($said), 'late', "known: $name" or diag $said;
}
my (undef, undef, $user, $system) = times;
cmp_ok $user + $system, '<', $limit_s, "within $limit_s s of the processor's time";
done_testing;

# What is wrong at the end of the trail; undef: nothing is.
sub found { return $_[0] =~ /assertion violated\s+!\((\w+)\)/ ? $1 : undef }

# The macros of the list in the model's head.
sub clauses {
    my ($list) = $text =~ /^ \* Clauses, each removed by its macro:\n(.*?)^ \*\n/ms or return 'no list of clauses';
    return $list =~ /^ \*   (\w+) /mg;
}

# Searches all of the model with these macros, and answers what the search said. That a clause is missing shows so soon
# that a fast search would cost more to build than it saves.
sub search {
    my @macros = map { "-D$_" } @_;
    my $level  = grep({ $_ eq 'SEEN' } @_) ? 1 : 0;
    my $own    = tempdir(DIR => $folder);
    my $said   = run($own, 'spin', '-a', @macros, $model);
    $said .= run($own, 'cc', "-O$level", '-w', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=3000', '-o', 'pan', 'pan.c');
    $said .= run($own, './pan', '-m10000');
    return $said if $said =~ /states, stored/;
    fail "@_: a search that ends";
    diag $said;
    return;
}

# Runs a program in a folder, and answers what it said.
sub run {
    my ($own, @command) = @_;
    my $pid = open my $out, '-|' // die $!;
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die $!;
        chdir $own or die $!;
        exec 'timeout', '-k', 1, $endless, @command or die "@command: $!";
    }
    my $said = do { local $/; <$out> };
    close $out;
    return $said // '';
}
