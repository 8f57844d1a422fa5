package BenchTable;

# The results of `make bench` as tables: a row for each figure, a column for each system, and how many times the rival's
# figure Magpie's is.

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
);
my @login = (
    [ 'logins/s',                         'logins_s',         '%.0f' ],
    [ 'after, ms: p50',                   'login.p50_us',     'ms' ],
    [ 'p99',                              'login.p99_us',     'ms' ],
    [ 'max',                              'login.max_us',     'ms' ],
    [ 'logins failed',                    'failed',           '%d' ],
    [ 'the hash alone, ms',               'hash_us',          'ms' ],
);
my @herd = ([ 'seconds until all wait again', 'recovery_s', '%.1f', 'ratio' ]);
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
    return sprintf '%.1f', $value / 1000 if $form eq 'ms';
    return sprintf '%.1f', $value / 1024 if $form eq 'mb';
    return sprintf $form, $value;
}

sub _ratio {
    my ($own, $rival, $ratio) = @_;
    return $ratio && defined $own && $rival && $rival > 0 ? sprintf '%.2f', $own / $rival : '';
}

sub _row { '| ' . join(' | ', @_) . " |\n" }

# text(asked => [modes], modes => {...}, systems => [...], found => {system => {mode => {figure => value}}}, ...): the text,
# and whether nothing went wrong.
sub text {
    my (%run)  = @_;
    my @systems = $run{systems}->@*;
    my @rivals = grep { $_ ne 'magpie' } @systems;
    my $good   = @systems > 0;
    my $text   = _about(%run);
    for my $mode ($run{asked}->@*) {
        my %of   = map { $_ => $run{found}{$_}{$mode} // {} } @systems;
        my @with = grep { keys $of{$_}->%* } @systems;
        my @compared = grep { my $rival = $_; $of{magpie} && grep { $_ eq $rival } @with } @rivals;
        $text .= "\n**$mode**: $run{modes}{$mode}{title}\n\n" . _row('', @with, map { "Magpie / $_" } @compared)
            . _row('---', ('---:') x (@with + @compared));
        for my $row (_rows($mode, [ values %of ])) {
            my ($title, $name, $form, $ratio) = @$row;
            $text .= _row($title, (map { _figure($of{$_}{$name}, $form) } @with),
                map { _ratio($of{magpie}{$name}, $of{$_}{$name}, $ratio) } @compared);
        }
        for my $system (@with) {
            my @wrong = grep { $of{$system}{$_} } qw(failed_run lost doubled stray failed lives_failed), $mode eq 'herd' ? () : qw(readers_refused broken);
            $good = 0 if @wrong && $system eq 'magpie';
            $text .= "\n$system went wrong: @wrong\n" if @wrong;
        }
    }
    return ($text, $good);
}

sub _about {
    my (%run) = @_;
    my $kernel = qx(uname -sr);
    my ($cpu) = map { /^model name\s*:\s*(.*)/ } _lines('/proc/cpuinfo');
    my @versions = map { my $said = qx($_ 2>&1); $said =~ /(\d+\.[\d.]+)/ ? $1 : '?' }
        'PATH=$PATH:/usr/sbin nginx -v', 'redis-server --version', 'psql --version';
    my $nchan = qx(apt-cache policy libnginx-mod-nchan 2>/dev/null) =~ /Candidate: (\S+)/ ? $1 : '?';
    chomp(my $commit = qx(git -c safe.directory="*" -C '@{[Magpie::root()]}' rev-parse --short HEAD 2>/dev/null) || '?');
    chomp(my $cores = qx(nproc));
    chomp $kernel;
    return sprintf "Magpie %s, nginx %s, Redis %s, PostgreSQL %s, nchan %s; %s, %d cores (%s); load %s.\n%s s each: `make bench%s`\n%s",
        $commit, @versions, $nchan, $kernel, $cores, $cpu // '?', (split / /, (_lines('/proc/loadavg'))[0])[0], $run{seconds},
        join('', map { my $value = $run{settings}{$_}; " $_=" . ($value =~ /\s/ ? "'$value'" : $value) } sort keys $run{settings}->%*),
        join('', map { "Without $_\n" } $run{missing}->@*);
}

sub _lines {
    open my $in, '<', $_[0] or return '';
    chomp(my @lines = <$in>);
    return @lines;
}

1;
