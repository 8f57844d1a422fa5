#!/usr/bin/perl
# The row of one account is locked for long. What concerns that user is told to come again, soon enough that nobody else
# has to wait for the few connections to PostgreSQL.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(max);
use Test::More;
use Magpie;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my ($kim, $max) = map { $magpie->user($_, friends => [$alex]) } qw(kim max);
$alex->send(to => $kim, msg => 'hello') for 1 .. 8;
$magpie->allow_errors(qr/canceling statement due to lock timeout/);

my $psql = do {
    local %ENV = (%ENV, PGHOST => $magpie->dir . '/run', PGPORT => 5432, PGUSER => 'magpie_owner', PGDATABASE => 'magpie');
    open my $in, '|-', 'psql', '-XAtq', '-o', '/dev/null' or die $!;
    $in->autoflush;
    $in;
};
printf $psql "begin;\nselect 1 from magpie.account where id = %d for update;\nselect pg_advisory_lock(1);\n", $kim->id;
ok wait_until(sub { $magpie->psql(q(select count(*) from pg_locks where locktype = 'advisory')) }, 5), 'an account is locked';

my @reads   = map { [POST => '/api/read', { contact_type => 'single', contact_id => $alex->id, seq => $_ }, $kim] } 1 .. 6;
my @sends   = map { [POST => '/api/send', { contact_type => 'single', to => $max->id, msg => "message $_", client_id => Magpie->uuid }, $alex] } 1 .. 6;
my @answers = $magpie->parallel(@reads, @sends);
is_deeply [map { $_->status . ' ' . $_->problem } @answers[0 .. 5]], [('503 busy') x 6], 'its own calls are to come again';
is_deeply [map { $_->status } @answers[6 .. 11]], [(201) x 6], 'others send';
my $longest = max(map { $_->seconds } @answers[6 .. 11]);
my ($first, $second) = sort { $a <=> $b } map { $_->seconds } @answers[0 .. 5];
cmp_ok $second, '>', 0.9, 'its calls wait one after the other';
cmp_ok $longest, '<', $second, 'and others for none of them: a connection is free';

print $psql "rollback;\n";
close $psql;
is_deeply [map { $_->status } $magpie->parallel(@reads)], [(204) x 6], 'then all is well';
done_testing;
