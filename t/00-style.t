#!/usr/bin/perl
# How files are written: what editors and tools can check.
use v5.30;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die $!;

# Each: files, spaces to indent with (0: tabs), the longest line in characters.
my @kinds = (
    [ qr{^(?:fcgi|t/unit|t/fuzz|t/bench|t/ledger/stage)/[^/]+\.[ch]$}, 0, 120 ],
    [ qr{^(?:magpie|sql/migrate|t/scale/.*|\.ci/run)$}, 4, 140 ],
    [ qr{^t/ledger/(?:run$|stage/[^.]+$|faults/[^.]+$|.*\.sh$)}, 4, 140 ],
    [ qr{^t/model/.*\.pml$},                           4, 120 ],
    [ qr{^t/(?:.*\.(?:t|pm|pl)|bench/(?:run|growth))$}, 4, 180 ],
    [ qr{^t/bench/.*\.(?:sql|in)$},                     4, 140 ],
    [ qr{^(?:www|t)/.*\.(?:js|html)$},                 2, 170 ],
    [ qr{^www/.*\.css$},                                2, 260 ],
    [ qr{^sql/\w+/.*\.sql$},                           4, 140 ],
    [ qr{^nginx/},                                     4, 400 ],
);

# An unpacked tarball isn't in git, though the folder that it lies in may be.
my $listed = `git ls-files 2>/dev/null` || `find . -type f | sed 's|^./||'`;
my @files = grep { -f && !-l } split /\n/, $listed;
@files = grep { !m{^var/|/node_modules/|/corpus/} } @files;
cmp_ok scalar @files, '>', 50, 'there are files';

for my $file (@files) {
    my ($kind) = grep { $file =~ $_->[0] } @kinds or next;
    my (undef, $spaces, $longest) = @$kind;
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
    my @lines = <$in>;
    my @wrong;
    for my $number (1 .. @lines) {
        my $line = $lines[ $number - 1 ];
        push @wrong, "$file:$number: no line's end"      if $line !~ s/\n\z//;
        push @wrong, "$file:$number: a carriage return"  if $line =~ /\r/;
        push @wrong, "$file:$number: blanks at its end"  if $line =~ /[ \t]$/;
        push @wrong, "$file:$number: a tab"              if $spaces && $line =~ /^ *\t/;
        push @wrong, "$file:$number: spaces for a tab"   if !$spaces && $line =~ /^\t* {8}/;
        my $width = length expand($line);
        push @wrong, "$file:$number: $width characters"  if $width > $longest;
    }
    push @wrong, "$file: an empty line at its end" if @lines && $lines[-1] eq "\n";
    ok !@wrong, $file or diag join "\n", @wrong > 10 ? (@wrong[ 0 .. 9 ], '...') : @wrong;
}

tool('shellcheck', grep { m{^(?:magpie|sql/migrate|t/scale/load|\.ci/run|t/ledger/(?:run|(?:stage|faults)/[^.]+))$} || /\.sh$/ } @files);
tool('clang-format -n --Werror', grep { m{^(?:fcgi|t/unit|t/fuzz|t/bench|t/ledger/stage)/[^/]+\.[ch]$} } @files);

# A mutant that fits no more is found here and not after an hour of t/76-mutants.t.
for my $patch (grep { m{^t/ledger/mutants/.*\.patch$} } @files) {
    my $said = `patch -p1 --fuzz=0 --dry-run --force <'$patch' 2>&1`;
    is $?, 0, "$patch fits the sources" or diag $said;
}

for my $file (grep { m{\.(?:t|pm)$|^t/bench/run$} } @files) {
    my $said = `'$^X' -It/lib -Mstrict -c '$file' 2>&1`;
    is $?, 0, "$file compiles" or diag $said;
}
done_testing;

# A line with its tabs as the spaces that they stand for.
sub expand {
    my ($line) = @_;
    1 while $line =~ s/\t/' ' x (8 - $-[0] % 8)/e;
    return $line;
}

# Runs a program over files. One that is missing would hide what it has to say.
sub tool {
    my ($command, @names) = @_;
    my ($program) = $command =~ /^(\S+)/;
    my $said = `$command @{[ map { "'$_'" } @names ]} 2>&1`;
    is $?, 0, "$program is content" or diag substr $said, 0, 4000;
    return;
}
