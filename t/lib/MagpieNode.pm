package MagpieNode;

# Runs JavaScript tests: each test of a file becomes a test here, with what it said if it failed.
#
#   MagpieNode::run_tests(glob "$root/t/www/*.test.js");
#   my $modules = MagpieNode::modules();       # the packages of t/package.json, installed outside the sources
#
# What a test measured it tells by `t.diagnostic('measured: …')`: that is printed in any case.
#
# MAGPIE_NODE_MODULES_DIR names a node_modules folder to use as it is.

use v5.30;
use warnings;
use Cwd qw(abs_path);
use Digest::SHA;
use Fcntl qw(:flock);
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use Test::More ();

my $root = abs_path(dirname(__FILE__) . '/../..');

# Installs what t/package-lock.json says below var/node, unless that is there already.
sub modules {
    return $ENV{MAGPIE_NODE_MODULES_DIR} if $ENV{MAGPIE_NODE_MODULES_DIR};
    my $dir = "$root/var/node";
    make_path($dir);
    open my $lock, '>', "$dir/lock" or die "$dir/lock: $!";
    flock $lock, LOCK_EX or die "$dir/lock: $!";
    my $wanted = Digest::SHA->new(256)->addfile("$root/t/package-lock.json")->hexdigest;
    my $mark   = "$dir/installed-$wanted";
    if (!-e $mark) {
        copy("$root/t/$_", "$dir/$_") or die "$dir/$_: $!" for 'package.json', 'package-lock.json';
        my $log = "$dir/npm.log";
        system("npm ci --prefix '$dir' --ignore-scripts --no-audit --no-fund >'$log' 2>&1") == 0
            or die `tail -n 5 '$log'`, "npm ci failed; all of it is in $log\n";
        unlink glob "$dir/installed-*";
        open my $done, '>', $mark or die "$mark: $!";
    }
    return "$dir/node_modules";
}

sub run_tests {
    _run_file($_) for @_;
    return;
}

# node's TAP has one line at the margin for each test, and below it, indented, what it has to tell.
sub _run_file {
    my ($file) = @_;
    my ($count, $told) = (0, '');
    # A test that fails with a page open would wait for it for ever.
    open my $out, '-|', 'timeout', '-k', 10, 400, 'node', '--test', $file or die "node: $!";
    my ($name, $passed);
    my $end = sub {
        return unless defined $name;
        $count++;
        Test::More::ok($passed, basename($file) . ": $name");
        Test::More::diag($told) if !$passed;
    };
    while (my $line = <$out>) {
        if ($line =~ /^(not )?ok \d+ - (.*)/) {
            $end->();
            ($passed, $name, $told) = (!$1, $2 =~ s/ # .*//r, '');
        }
        else {
            $told .= $line;
            Test::More::diag(join ': ', grep { defined } $name, $1) if $line =~ /^ *# measured: (.*)/;
        }
    }
    $end->();
    my $well = close $out;
    Test::More::ok($well && $count > 0, basename($file) . ': ran to its end') or Test::More::diag($told);
    return;
}

1;
