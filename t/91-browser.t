#!/usr/bin/perl
# The rest of the page in real browsers: layout, tabs, people, groups, settings, how it is fetched.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use MagpieBrowser;

MagpieBrowser::run(glob "$FindBin::Bin/browser/[7-9]*.spec.js");
