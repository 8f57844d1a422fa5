#!/usr/bin/perl
# What a worker says of its settings: db.conninfo is one that libpq takes, and nobody's password is shown.
use v5.30;
use warnings;
use FindBin;
use Cwd 'abs_path';
use Test::More;

my $worker = abs_path(($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build") . '/magpie-worker');

# What it says to these arguments, and how it ends.
sub ask {
    my (@arguments) = @_;
    open my $out, '-|', qw(sh -c), 'exec "$0" "$@" 2>&1 </dev/null', $worker, @arguments or die $!;
    my $said = do { local $/; <$out> };
    close $out;
    return ($said, $? >> 8);
}

sub shown {
    my ($conninfo) = @_;
    my ($said, $status) = ask('--set', "db.conninfo=$conninfo", '--check-settings');
    is $status, 0, "$conninfo is good";
    return $said =~ /^db\.conninfo = ?(.*)$/m ? $1 : undef;
}

is shown($_), $_, 'and shown as it is' for 'host=/tmp dbname=x', "host='/a b' user=x", 'postgresql:///magpie?host=/run', 'magpie', '';

for my $with ("host=/tmp password=hush user='a b'", "host = /tmp user = 'a b' password = 'hush'",
    'postgresql://a%20b:hush@/?host=/tmp', "host=/tmp user='a b' sslpassword=hush", 'postgres:///?user=a%20b&host=/tmp&password=hush')
{
    my $shown = shown($with);
    unlike $shown, qr/hush/, 'but its password is not shown';
    like $shown, qr/password='\*+'/, 'only that there is one';
    like $shown, qr/\Q$_\E/, "and $_" for "host='/tmp'", "user='a b'";
}
like shown(q(password=hush user='it\\'s' host='a\\\\b')), qr/user='it\\'s'.*host='a\\\\b'|host='a\\\\b'.*user='it\\'s'/, 'a quote stays one';

for my $bad ('bogus=1', 'host=/tmp junk', "host='x", 'postgresql://[x') {
    for my $how ([], ['--check-settings']) {
        my ($said, $status) = ask('--set', "db.conninfo=$bad", @$how);
        isnt $status, 0, "$bad ends it (@$how)";
        like $said, qr/db\.conninfo/, 'and is named';
    }
}
like +(ask('--set', 'db.conninfo=bogus=1'))[0], qr/bogus/, 'with the word that is wrong';
for my $bad ('password=hush junk', 'password=a hush', 'postgresql://u:hush%@h/', "password=hush\t") {
    my ($said, $status) = ask('--set', "db.conninfo=$bad x");
    isnt $status, 0, 'one with a password is refused too';
    unlike $said, qr/hush/, 'without it';
}
done_testing;
