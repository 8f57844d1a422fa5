package BenchTable;

# The results of `make bench` as tables: a row for each figure, a column for each system; behind a rival's figure, in brackets,
# how many times that Magpie's is.

use v5.30;
use warnings;
use Magpie ();

# Each: a title, the figure's name as the generator says it, a form; 'ratio' where one is to be told.
my @load = (
    [ 'deliveries/s',                     'deliveries_s',     '%.0f' ],
    [ 'messages/s',                       'sends_s',          '%.0f' ],
    [ 'delivered after, ms: p50',         'delivery.p50_us',  'ms' ],
    [ 'p90',                              'delivery.p90_us',  'ms' ],
    [ 'p99',                              'delivery.p99_us',  'ms', 'ratio' ],
    [ 'max',                              'delivery.max_us',  'ms' ],
    [ 'answered after, ms: p50',          'answer.p50_us',    'ms' ],
    [ 'p99',                              'answer.p99_us',    'ms' ],
    [ 'lost',                             'lost',             '%d' ],
    [ 'doubled',                          'doubled',          '%d' ],
    [ 'sends failed',                     'failed',           '%d' ],
    [ 'sends without an answer',          'unanswered',       '%d' ],
);
my @login = (
    [ 'logins/s',                         'logins_s',         '%.0f' ],
    [ 'after, ms: p50',                   'login.p50_us',     'ms' ],
    [ 'p99',                              'login.p99_us',     'ms' ],
    [ 'max',                              'login.max_us',     'ms' ],
    [ 'logins failed',                    'failed',           '%d' ],
    [ 'the hash alone, ms',               'hash_us',          'ms' ],
);
my @herd = (
    [ 'seconds until all wait again',     'recovery_s',       'herd', 'ratio' ],
    [ 'within 20 s',                      'recovery_s',       '20 s' ],
    [ 'readers told to wait',             'told_to_wait',     '%d' ],
    [ 'sends told to wait',               'sent_again',       '%d' ],
);
my @processes = qw(all nginx workers redis postgres);

sub _rows {
    my ($mode, $seen) = @_;
    my @rows = $mode eq 'login' ? @login : $mode eq 'park' ? () : @load;
    unshift @rows, @herd if $mode eq 'herd';
    push @rows, [ 'readers refused', 'readers_refused', '%d' ], [ 'connections broken off', 'broken', '%d' ];
    my $each = $mode eq 'herd' ? 'CPU for each reader' : 'CPU for each';
    push @rows, [ "$each, µs: all", 'cpu_us.all', '%.1f', 'ratio' ], map { [ $_, "cpu_us.$_", '%.1f' ] } @processes[ 1 .. 4 ]
        if $mode ne 'park';
    push @rows, [ 'waiting at the end', 'waiting', '%d' ], [ 'bytes for each who waits: all', 'parked_bytes.all', '%.0f', 'ratio' ],
        (map { [ $_, "parked_bytes.$_", '%.0f' ] } @processes[ 1 .. 4 ])
        if $mode eq 'park';
    push @rows, [ 'of a core, %: all', 'core_percent.all', '%.1f', 'ratio' ], map { [ $_, "core_percent.$_", '%.1f' ] } @processes[ 1 .. 4 ]
        if $mode =~ /^(?:park|mixed)$/;
    push @rows, [ 'PSS, MB: all', 'pss_kib.all', 'mb' ], map { [ $_, "pss_kib.$_", 'mb' ] } @processes[ 1 .. 4 ];
    push @rows, [ 'the generator, of a core, %', 'generator_core_percent', '%.0f' ], [ 'load of the machine before', 'load_before', '%s' ];
    return grep { my $name = $_->[1]; grep { defined $_->{$name} } @$seen } @rows;
}

sub _figure {
    my ($value, $form) = @_;
    return '' if !defined $value;
    return $value < 0 ? 'never'                   : sprintf '%.1f', $value if $form eq 'herd';
    return $value >= 0 && $value <= 20 ? 'yes' : 'no' if $form eq '20 s';
    return sprintf '%.1f', $value / 1000 if $form eq 'ms';
    return sprintf '%.1f', $value / 1024 if $form eq 'mb';
    return sprintf $form, $value;
}

# A rival's figure, and how many times it Magpie's is.
sub _compared {
    my ($own, $rival, $form, $ratio) = @_;
    my $figure = _figure($rival, $form);
    return $ratio && defined $own && $own > 0 && $rival && $rival > 0 ? sprintf '%s (%.2f)', $figure, $own / $rival : $figure;
}

sub _row { '| ' . join(' | ', @_) . " |\n" }

# text(asked => [modes], modes => {...}, systems => [...], found => {system => {mode => {figure => value}}}, ...): the text,
# and whether nothing went wrong.
sub text {
    my (%run)  = @_;
    my $good  = $run{systems}->@* > 0;
    my $text  = _about(%run);
    for my $mode ($run{asked}->@*) {
        my ($table, @wrong) = $run{modes}{$mode}{steps} ? _growth($mode, %run) : _mode($mode, %run);
        $text .= "\n**$mode**: $run{modes}{$mode}{title}\n\n$table" . join '', map { "\n$_\n" } @wrong;
        $good = 0 if grep { /^magpie / } @wrong;
    }
    return ($text, $good);
}

sub _head {
    my (@columns) = @_;
    return _row('', @columns) . _row('---', ('---:') x @columns);
}

# The table of a mode, and what went wrong.
sub _mode {
    my ($mode, %run) = @_;
    my %of    = map { $_ => $run{found}{$_}{$mode} // {} } $run{systems}->@*;
    my @with  = grep { keys $of{$_}->%* } $run{systems}->@*;
    my $table = _head(@with);
    for my $row (_rows($mode, [ values %of ])) {
        my ($title, $name, $form, $ratio) = @$row;
        $table .= _row($title, map { _compared($of{magpie}{$name}, $of{$_}{$name}, $form, $ratio && $_ ne 'magpie') } @with);
    }
    return ($table, map { _wrong($mode, $_, $of{$_}) } @with);
}

# Where a rival's own server ends in a herd, what it had in hand is lost by intent, and only counted.
sub _wrong {
    my ($mode, $system, $found) = @_;
    my @names = qw(failed_run lost doubled stray failed lives_failed);
    push @names, 'unanswered' if $mode ne 'herd' || $system eq 'magpie';
    push @names, qw(readers_refused broken) if $mode ne 'herd';
    my @wrong = grep { $found->{$_} } @names;
    return @wrong ? "$system went wrong: @wrong" : ();
}

# A mode of several steps, of Magpie: a column for each of them.
sub _growth {
    my ($mode, %run) = @_;
    my @steps = $run{modes}{$mode}{steps}->@*;
    my @of    = map { $run{found}{magpie}{"$mode.$_->{name}"} // {} } @steps;
    my $table = _head(map { $_->{name} =~ /^pairs\.(\d+)/ ? "one to one, $1 wait" : $_->{name} =~ s/^fanout\./to a group of /r } @steps);
    my @rows  = grep { $_->[1] =~ /^(?:deliveries_s|delivery\.p(?:50|99)_us|lost|doubled|cpu_us\..*|pss_kib\.all|generator.*)$/ } _rows('pairs', \@of);
    for my $row (@rows) {
        my ($title, $name, $form) = @$row;
        $table .= _row($title, map { _figure($_->{$name}, $form) } @of);
    }
    return ($table, map { _wrong($mode, 'magpie', $_) } @of);
}

sub _about {
    my (%run) = @_;
    my $kernel = qx(uname -sr);
    my ($cpu) = map { /^model name\s*:\s*(.*)/ } _lines('/proc/cpuinfo');
    my @versions = map { my $said = qx($_ 2>&1); $said =~ /(\d+\.[\d.]+)/ ? $1 : '?' }
        'PATH=$PATH:/usr/sbin nginx -v', 'redis-server --version', 'psql --version';
    my %package = (nchan => 'libnginx-mod-nchan', prosody => 'prosody', ejabberd => 'ejabberd');
    my @rivals = map { my $name = $_; (grep { /^$name/ } $run{systems}->@*) ? "$name " . _version($package{$name}) : () } sort keys %package;
    chomp(my $commit = qx(git -c safe.directory="*" -C '@{[Magpie::root()]}' rev-parse --short HEAD 2>/dev/null) || '?');
    chomp(my $cores = qx(nproc));
    chomp $kernel;
    return sprintf "Magpie %s, nginx %s, Redis %s, PostgreSQL %s; %s; %s, %d cores (%s); load %s.\n%s s each: `make bench%s`\n%s%s",
        $commit, @versions, join(', ', @rivals) || 'no rival', $kernel, $cores, $cpu // '?', (split / /, (_lines('/proc/loadavg'))[0])[0], $run{seconds},
        join('', map { my $value = $run{settings}{$_}; " $_=" . ($value =~ /\s/ ? "'$value'" : $value) } sort keys $run{settings}->%*),
        @rivals ? "Behind a rival's figure, in brackets: how many times that Magpie's is.\n" : '', join('', map { "Without $_\n" } $run{missing}->@*);
}

sub _version {
    my ($package) = @_;
    my $said = qx(LC_ALL=C apt-cache policy $package 2>/dev/null);
    return $said =~ /Installed: (\d\S+)/ || $said =~ /Candidate: (\S+)/ ? $1 : '?';
}

sub _lines {
    open my $in, '<', $_[0] or return '';
    chomp(my @lines = <$in>);
    return @lines;
}

1;
