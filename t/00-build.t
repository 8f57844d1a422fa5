#!/usr/bin/perl
# What configure does where a library isn't there (yet): it names all that are
# missing by their packages, and a tree that was configured before cmocka came
# builds the unit tests when it has come. And what `make install` brings.
use v5.30; use warnings;
use FindBin;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Test::More;

my $build = abs_path($ENV{MAGPIE_BUILD} // "$FindBin::Bin/../var/build");
BAIL_OUT('there is no build tree: ./magpie test makes it, or set MAGPIE_BUILD')
    unless defined $build && -e "$build/Makefile";
my ($source) = slurp("$build/Makefile") =~ /^abs_top_srcdir = (.+)$/m;
my $dir = tempdir(CLEANUP => 1);

# A pkg-config that knows none of the modules named in $HIDDEN.
open my $script, '>', "$dir/pkg-config" or die $!;
print $script <<'END';
#!/bin/sh
for module in $HIDDEN; do
    case " $* " in *" $module "*) exit 1 ;; esac
done
exec pkg-config "$@"
END
close $script;
chmod 0755, "$dir/pkg-config";

my ($said, $status) = configure('hiredis libpq libsodium libpng libturbojpeg libwebp', qw(ac_cv_header_fastcgi_h=no ac_cv_lib_ev_ev_run=no));
isnt $status, 0, 'configure stops where libraries are missing';
like $said, qr/apt-get install libhiredis-dev libpq-dev libsodium-dev libpng-dev libturbojpeg0-dev libwebp-dev libfcgi-dev libev-dev$/m, 'and names all their packages';

($said, $status) = configure('cmocka');
is $status, 0, 'configure needs no cmocka' or diag $said;
like $said, qr/unit tests.*libcmocka-dev is missing/, 'but says what it is for';
like scalar qx(make -n -C '$dir' t/unit/test_text 2>&1), qr/-lcmocka/, 'and the unit tests are linked with it when it has come';

for my $target (qw(ledger ledger-mutants bench)) {
    like scalar qx(make -n -C '$dir' $target 2>&1), qr{/www/join }, "make $target makes the client, too, without which no copy starts";
}

my $installed = qx(make -s -C '$build' install prefix=/usr DESTDIR='$dir/installed' 2>&1);
is $?, 0, 'make install works in the tree that ./magpie builds' or diag $installed;
for my $what ('sbin/magpie-worker', 'share/man/man8/magpie-worker.8', 'share/magpie/nginx/magpie.conf',
    'share/magpie/sql/migrate', 'share/magpie/www/index.html', 'share/magpie/www/sw.js', 'lib/systemd/system/magpie-worker.socket')
{
    ok -s "$dir/installed/usr/$what", "it brings $what";
}
my ($client) = slurp("$dir/installed/usr/share/magpie/www/index.html") =~ m{src="(/v/\w+/js/first\.js)"};
ok $client && -s "$dir/installed/usr/share/magpie/www$client", 'and the client, joined, at the address that its page names';
chomp(my $conf = qx(find '$dir/installed' -path '*/etc/magpie/worker.conf'));
is sprintf('%o', (stat $conf)[2] & 07777), '640', 'the settings, among which may be a password, are not for all';
done_testing;

# What configure says and how it ends, without the named modules of pkg-config.
sub configure {
    my ($hidden, @arguments) = @_;

    local $ENV{HIDDEN} = $hidden;
    my $output = qx(cd '$dir' && '$source/configure' PKG_CONFIG='$dir/pkg-config' @arguments 2>&1);
    return ($output, $? >> 8);
}

sub slurp {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!";
    local $/;
    return <$file>;
}
