#!/usr/bin/perl
# People with real browsers. MAGPIE_SHOTS names a folder for pictures of what they saw.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use MagpieNode;

my $magpie = Magpie->start(workers => 2);
local $ENV{MAGPIE_URL}              = $magpie->url;
local $ENV{MAGPIE_NODE_MODULES_DIR} = MagpieNode::modules();

MagpieNode::run_tests(glob "$FindBin::Bin/browser/*.spec.js");

done_testing;
