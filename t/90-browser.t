#!/usr/bin/perl
# People with real browsers. MAGPIE_SHOTS names a folder for pictures of what they saw. One file runs after the other: some
# of them restart parts of the server.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use File::Temp qw(tempdir);
use Magpie;
use MagpieNode;

# A site of its own, where a test can install another version.
my $site = tempdir('magpie-site-XXXXXX', TMPDIR => 1, CLEANUP => 1);
system(Magpie->root . '/www/join', Magpie->root . '/www', $site) == 0 or die 'www/join';
my $magpie = Magpie->start(workers => 2, env => { MAGPIE_WWW => $site });
local $ENV{MAGPIE_SITE}             = $site;
local $ENV{MAGPIE_URL}              = $magpie->url;
local $ENV{MAGPIE_DIR}              = $magpie->dir;
local $ENV{MAGPIE_NODE_MODULES_DIR} = MagpieNode::modules();

my @specs = @ARGV ? @ARGV : glob "$FindBin::Bin/browser/*.spec.js";
MagpieNode::run_tests(@specs);

done_testing;
