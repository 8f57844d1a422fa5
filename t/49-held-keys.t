#!/usr/bin/perl
# Keys of messages that another transaction has taken and not committed. Nothing tells so but the wait
# for them, which ends in an error: a batch fails as a whole, and each of it goes alone and waits again.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(max);
use Test::More;
use Magpie;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
$magpie->allow_errors(qr/canceling statement due to lock timeout/);

my @keys  = map { Magpie->uuid } 1 .. 6;
my @sends = map { [POST => '/api/send', { contact_type => 'single', to => $kim->id, msg => 'held', client_id => $_ }, $alex] } @keys;
my $psql  = do {
    local %ENV = (%ENV, PGHOST => $magpie->dir . '/run', PGPORT => 5432, PGUSER => 'magpie_owner', PGDATABASE => 'magpie');
    open my $in, '|-', 'psql', '-XAtq', '-o', '/dev/null' or die $!;
    $in->autoflush;
    $in;
};
print $psql "begin;\n", map { sprintf <<'SQL', $_, $alex->id, $kim->id } @keys;
insert into magpie.message_key (sender, client_id, conversation_id, seq, text_hash)
select user_id, '%s', conversation_id, 1, sha256('') from magpie.friendship where user_id = %d and friend_id = %d;
SQL
print $psql "select pg_advisory_lock(1);\n";
ok wait_until(sub { $magpie->psql(q(select count(*) from pg_locks where locktype = 'advisory')) }, 5), 'six keys are taken';

# The first goes alone and waits for the lock; the others together, and then each.
my @answers = $magpie->parallel(@sends);
is_deeply [map { $_->status . ' ' . $_->problem } @answers], [('503 busy') x 6], 'whoever sends under one is told to try again';
my $longest = max(map { $_->seconds } @answers);
ok $longest < 9, sprintf 'and waits no longer for all the others (%.1f s)', $longest;
is scalar(grep { /database connection lost/ } $magpie->log_lines('worker-1')), 0, 'the connection survives these errors';

print $psql "rollback;\n";
close $psql;
is_deeply [map { $_->status } $magpie->parallel(@sends)], [(201) x 6], 'then all are sent';
done_testing;
