#!/usr/bin/perl
# A database of several hosts, the first of which refuses: the worker gets to the next one at once.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use OwnWorker;

my $magpie = Magpie->start(workers => 1);
my $run    = $magpie->dir . '/run';

# A port that nobody listens at: it was just given back.
my $nobody = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
my $worker = OwnWorker->start($magpie, "db.conninfo=host='127.0.0.1,$run' port='$nobody,5432' dbname=magpie user=magpie_worker");
ok $worker->ready(4), 'it reaches the database within four seconds';
ok $worker->stop, 'and ends';
done_testing;
