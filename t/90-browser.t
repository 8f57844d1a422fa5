#!/usr/bin/perl
# Conversations in real browsers.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use MagpieBrowser;

MagpieBrowser::run(glob "$FindBin::Bin/browser/[0-6]*.spec.js");
