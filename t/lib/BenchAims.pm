package BenchAims;

# What Magpie is to reach, and what `make bench` found: the table at its end. It is no test: the figures are what they are.

use v5.30;
use warnings;
use List::Util qw(max min sum0);

my @needed = qw(pairs rate park fanout herd);

# Each: what, the most that it may be, how the figure is written, and where it is found: undef where it wasn't measured.
my @aims = (
    [ 'one to one, CPU for each delivery: times nchan with Redis', 1,    '%.2f', sub { _times(@_, 'nchan-redis', 'pairs', 'cpu_us.all') } ],
    [ 'the same: times ejabberd',                                  1/3,  '%.2f', sub { _times(@_, 'ejabberd', 'pairs', 'cpu_us.all') } ],
    [ 'the same: times ejabberd with its archive',                 1/3,  '%.2f', sub { _times(@_, 'ejabberd-archive', 'pairs', 'cpu_us.all') }, 'optional' ],
    [ '1,000 messages a second, delivered after: p99, ms',         15,   '%.1f', sub { $_[1]{rate} == 1000 ? _figure($_[0], 'rate', 'delivery.p99_us', 1000) : undef } ],
    [ 'bytes for each who waits: times nchan',                     1,    '%.2f', sub { _times(@_, 'nchan', 'park', 'parked_bytes.all') } ],
    [ 'bytes for each who waits, in workers and Redis',            1000, '%.0f', sub { _sum($_[0], 'park', 1, map { "parked_bytes.$_" } qw(workers redis)) } ],
    [ 'fan-out to 500, CPU for each delivery, µs',                 40,   '%.1f', sub { _figure($_[0], 'fanout', 'cpu_us.all', 1) } ],
    [ '10,000 wait and nothing is sent, of a core, %',             5,    '%.1f', sub { _with_all($_[0], 'park', 'core_percent.all') } ],
    [ 'idle, workers, Redis and nginx, PSS, MB',                   30,   '%.1f', sub { _sum($_[0], 'idle', 1024, map { "empty_kib.$_" } qw(workers redis nginx)) } ],
    [ 'idle, with PostgreSQL, PSS, MB',                            80,   '%.1f', sub { _sum($_[0], 'idle', 1024, map { "empty_kib.$_" } qw(workers redis nginx postgres)) } ],
    [ 'herd of 10,000, seconds until all wait again',              20,   '%.1f', sub { _recovery($_[0]) } ],
    [ 'herd, sends that failed',                                   0,    '%d',   sub { _sum($_[0], 'herd', 1, qw(failed unanswered)) } ],
    [ 'lost or doubled, in all modes',                             0,    '%d',   sub { sum0 map { ($_->{lost} // 0) + ($_->{doubled} // 0) } values $_[0]{magpie}->%* } ],
    [ 'CPU for each delivery, most above least, 100 to 10,000 wait, %',     15,  '%.0f', sub { _spread($_[0]) }, 'optional' ],
    [ 'CPU for each delivery to a larger group: times to a smaller, at most', 1, '%.2f', sub { _steepest($_[0]) }, 'optional' ],
);

# text(\%found, rate => N): nothing unless all that it needs was measured.
sub text {
    my ($found, %run) = @_;
    return '' if grep { !$found->{magpie}{$_} } @needed;
    my $text = "\n**aims**\n\n| Magpie | aim | found |  |\n| --- | ---: | ---: | --- |\n";
    for my $aim (@aims) {
        my ($what, $most, $form, $find, $optional) = @$aim;
        my $value = $find->($found, \%run);
        next if $optional && !defined $value;
        my $aimed = $most == 0 ? '0' : '≤ ' . ($most == 1 / 3 ? '1/3' : $most);
        $text .= sprintf "| %s | %s | %s | %s |\n", $what, $aimed, defined $value ? sprintf($form, $value) : '',
            !defined $value ? 'not measured' : $value <= $most ? 'met' : 'not met';
    }
    return $text;
}

sub _figure {
    my ($found, $mode, $name, $unit) = @_;
    my $value = $found->{magpie}{$mode}{$name};
    return defined $value ? $value / $unit : undef;
}

sub _sum {
    my ($found, $mode, $unit, @names) = @_;
    my @values = map { _figure($found, $mode, $_, $unit) } @names;
    return (grep { !defined } @values) ? undef : sum0 @values;
}

sub _times {
    my ($found, undef, $rival, $mode, $name) = @_;
    my ($own, $other) = map { $found->{$_}{$mode}{$name} } 'magpie', $rival;
    return defined $own && $other && $other > 0 ? $own / $other : undef;
}

# Only where as many waited as the aim names.
sub _with_all {
    my ($found, $mode, $name) = @_;
    return ($found->{magpie}{$mode}{readers} // 0) == 10_000 ? _figure($found, $mode, $name, 1) : undef;
}

# So long at least, where not all waited in time.
sub _recovery {
    my $seconds = _with_all($_[0], 'herd', 'recovery_s');
    return defined $seconds && $seconds < 0 ? 60 : $seconds;
}

# The processor time for each delivery of the steps of the mode growth, from few to many.
sub _growth {
    my ($found, $kind) = @_;
    my %of = map { /^growth\.$kind\.(\d+)$/ ? ($1 => $found->{magpie}{$_}{'cpu_us.all'}) : () } keys $found->{magpie}->%*;
    return map { $of{$_} // 0 } sort { $a <=> $b } keys %of;
}

sub _spread {
    my @each = $_[0]{magpie}{'growth.pairs.10000'} ? _growth($_[0], 'pairs') : ();
    return @each == 3 && min(@each) > 0 ? (max(@each) / min(@each) - 1) * 100 : undef;
}

sub _steepest {
    my @each = _growth($_[0], 'fanout');
    return @each == 3 && min(@each) > 0 ? max map { $each[$_] / $each[ $_ - 1 ] } 1 .. $#each : undef;
}

1;
