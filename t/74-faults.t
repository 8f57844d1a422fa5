#!/usr/bin/perl
# The faults of the ledger: each row of the table in docs/reliability.md has scripts, each tells what it is, and healing
# what was never struck harms nothing, with or without a running copy.
use v5.30;
use warnings;
use FindBin;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use POSIX ();
use Test::More;

my $folder = "$FindBin::Bin/ledger/faults";
my @known  = qw(row what hold pause level needs client leave asleep failed p99 forms);
my %needs  = map { $_ => 1 } qw(root netns tcp delay small clock failmalloc faults-build);
my $temp   = tempdir(CLEANUP => 1);

# What a script prints, and its exit status.
sub script {
    my ($name, $verb, %env) = @_;
    delete local @ENV{qw(MAGPIE_DIR MAGPIE_PORT MAGPIE_SET LEDGER_DIR SEED)};
    local @ENV{ keys %env } = values %env;
    my $said = `'$folder/$name' $verb 2>&1`;
    return ($said, $? >> 8);
}

# A file of that content, written in one piece over what it had.
sub put {
    my ($file, $bytes) = @_;
    open my $out, -e $file ? '+<' : '>', $file or die "$file: $!";
    print $out $bytes;
    close $out or die "$file: $!";
    return;
}

sub count {
    open my $in, '<', "$temp/run/stage/malloc" or die $!;
    read $in, my $n, 8;
    return unpack 'q', $n;
}

opendir my $dir, $folder or die "$folder: $!";
my @names = sort grep { !/\./ } readdir $dir;
cmp_ok scalar @names, '>=', 24, 'there are scripts';
is `'$FindBin::Bin/ledger/run' list`, join('', map { "$_\n" } @names), 'which the ledger knows by itself';

my %rows;
for my $name (@names) {
    ok -x "$folder/$name", "$name is executable" or next;
    my ($said, $status) = script($name, 'about');
    is $status, 0, "$name about" or diag $said;
    my %fact = map { /^(\w+)=(.*)$/ ? ($1 => $2) : ($_ => undef) } split /\n/, $said;
    is_deeply [ grep { my $key = $_; !grep { $_ eq $key } @known } keys %fact ], [], "$name: keys that are known";
    like $fact{what}, qr/\S/, "$name says what it is";
    like $fact{$_}, qr/^\d+$/, "$name: $_ is a number" for qw(row hold pause level);
    cmp_ok $fact{level}, '>', 0, "$name has a bound";
    ok $needs{$_}, "$name needs $_, which stage.sh knows" for split ' ', $fact{needs} // '';
    like $fact{leave} // 'yes', qr/^yes$/, "$name: leave is yes or not there";
    like $fact{client} // 'crowd', qr/^(?:browser|crowd)$/, "$name: client is what the driver knows";
    like $fact{forms} // 2, qr/^(?:[2-9]|\d\d)$/, "$name: forms are several, or not told of";
    push $rows{ $fact{row} }->@*, $name;

    ($said, $status) = script($name, 'heal');
    is $status, 0, "$name heal, with nothing running" or diag $said;
    is $said, '', "$name heals nothing silently";
    ($said, $status) = script($name, 'heal', LEDGER_DIR => $temp, MAGPIE_DIR => "$temp/none", MAGPIE_PORT => 1);
    is $status, 0, "$name heal, in a folder of a run" or diag $said;
    (undef, $status) = script($name, 'nonsense');
    is $status, 2, "$name: an unknown verb";
}
is_deeply [ sort { $a <=> $b } keys %rows ], [ 0 .. 24 ], 'every row has a script';
is_deeply [ glob "$temp/*" ], [], 'and healing left nothing';

# What a poll's end repairs is bound by the longest poll.
my ($said) = script('redis-oom', 'about', MAGPIE_SET => 'a=b receive.hold=7');
like $said, qr/^level=9$/m, 'a bound follows receive.hold';

# What was not prepared is said, and is not the same as struck.
my ($why, $status) = script('packets', 'strike', LEDGER_DIR => $temp, MAGPIE_DIR => "$temp/none");
is $status, 77, 'packets, in nobody\'s network: 77';
like $why, qr/^this machine can't: netns: ./m, 'and a reason';

# Struck is what is felt: malloc waits until the workers' count is at 0.
make_path("$temp/run/stage", "$temp/run/faults/packets");
put("$temp/run/stage/ready", 'shim failmalloc');
put("$temp/run/stage/malloc", pack 'q', 0);
my $began = time;
if (!fork) {
    select undef, undef, undef, 0.05 until count() > 0 || time - $began > 10;
    sleep 2;
    put("$temp/run/stage/malloc", pack 'q', 0);
    POSIX::_exit(0);
}
($said, $status) = script('malloc', 'strike', LEDGER_DIR => "$temp/run", MAGPIE_DIR => "$temp/none");
is $status, 0, 'malloc has struck' or diag $said;
cmp_ok time - $began, '>=', 1, 'and not before a worker got no memory';
wait;

# What did nothing has failed.
put("$temp/run/faults/packets/struck", '');
($said, $status) = script('packets', 'heal', LEDGER_DIR => "$temp/run", MAGPIE_DIR => "$temp/none");
is $status, 1, 'packets of which not one was dropped: an error';
like $said, qr/not one packet/, 'that says so';

# The table of the manual has the same rows.
open my $in, '<', "$FindBin::Bin/../docs/reliability.md" or die "docs/reliability.md: $!";
my %told = map { /^\| (\d+) \| (.*?) \|/ ? ($1 => $2) : () } <$in>;
for my $row (sort { $a <=> $b } keys %rows) {
    my @missing = grep { ($told{$row} // '') !~ /`\Q$_\E`/ } $rows{$row}->@*;
    is_deeply \@missing, [], "docs/reliability.md, row $row: $rows{$row}->@*";
}
done_testing;
