#!/usr/bin/perl
# Accounts and sessions in SQL: one of many gets a name, a token is stored as its hash only, a
# session ends when it is ended, replaced or expired.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
sub hash_of { return MagpiePg::hash_of($_[0]) }

my ($newest) = reverse sort map { m{/(\d{4})[^/]*\z} } glob "$FindBin::Bin/../sql/migrations/*.sql";
is $pg->call('schema_version'), $newest + 0, 'the schema tells its version';

# --- register, login, find, end ---

my $alex = $pg->call('account_register', 'alex', "Alex \x{3a9}", 'hash of alex', hash_of('a1'), 3600, 'Firefox', undef);
is $alex->{problem}, undef, 'an account is made';
is_deeply $alex->{outbox}, [], 'with no session ended';
is_deeply [$pg->call('session_find', hash_of('a1'))],
    [{ user_id => $alex->{user_id}, session_id => $alex->{session_id} }], 'its session is found';
is_deeply [$pg->call('account_password', 'alex')],
    [{ user_id => $alex->{user_id}, name => "Alex \x{3a9}", password_hash => 'hash of alex' }],
    'a login finds the hash';
is_deeply [$pg->call('account_password', 'nobody')], [], 'and nothing for an unknown name';
is_deeply [$pg->call('me', $alex->{user_id})],
    [{ id => $alex->{user_id}, username => 'alex', name => "Alex \x{3a9}", me_rev => 0 }], 'me';
is_deeply [$pg->call('me', 12345)], [], 'me, unknown';

my $before = $pg->fingerprint;
my $again = $pg->call('account_register', 'alex', 'Other', 'other', hash_of('a2'), 3600, '', hash_of('a1'));
is "$again->{problem} $again->{field}", 'username-taken username', 'a name is taken once';
is $again->{user_id}, undef, 'and its owner is not told';
is $pg->fingerprint, $before, 'nothing is stored of a refused registration, and no session ends';

my $kim = $pg->call('account_register', 'kim', 'Kim', 'hash of kim', hash_of('k1'), 3600, 'x' x 1000, hash_of('a1'));
is scalar @{ $kim->{outbox} }, 1, 'registering ends the session that the request came with';
is_deeply [$pg->call('session_find', hash_of('a1'))], [], 'which is gone';
is_deeply [map { @$_{qw(type readers session_id)} } $pg->call('outbox_events', $kim->{outbox})],
    ['session-end', [$alex->{user_id}], $alex->{session_id}], 'and every worker is told';
is $pg->call('session_alive', $alex->{session_id}), 0, 'not alive';
is $pg->call('session_alive', $kim->{session_id}), 1, 'alive';

my $opened = $pg->call('session_open', $alex->{user_id}, hash_of('a3'), 3600, undef, hash_of('k1'));
is_deeply [map { @$_{qw(type readers session_id)} } $pg->call('outbox_events', $opened->{outbox})],
    ['session-end', [$kim->{user_id}], $kim->{session_id}], 'a login ends the old session, whosever it was';
is_deeply $pg->call('session_find', hash_of('a3')),
    { user_id => $alex->{user_id}, session_id => $opened->{session_id} }, 'and opens a new one';
my $second = $pg->call('session_open', $alex->{user_id}, hash_of('a4'), 3600, '', hash_of('unknown'));
is_deeply $second->{outbox}, [], 'an unknown old token ends nothing';
is $pg->call('session_alive', $opened->{session_id}), 1, 'two sessions live side by side';

my $ended = $pg->call('session_end', hash_of('a3'));
is scalar @$ended, 1, 'logout ends a session';
is_deeply [$pg->call('session_find', hash_of('a3'))], [], 'it is found no more';
is_deeply $pg->call('session_end', hash_of('a3')), [], 'logout twice is no error';
is_deeply $pg->call('session_find', hash_of('a4')),
    { user_id => $alex->{user_id}, session_id => $second->{session_id} }, 'the other one lives on';
is $pg->value(q{select count(*) from magpie.session where position('a4'::bytea in token_hash) = 1}), 1,
    'what is stored is what the worker gave: a hash';

# --- expiry, and the note of the last use ---

$pg->rows(q{select 1});
$pg->psql(q{update magpie.session set last_used_at = now() - interval '50 minutes'});
my $noted = $pg->value('select max(last_used_at) from magpie.session');
$pg->call('session_find', hash_of('a4'));
is $pg->value('select max(last_used_at) from magpie.session'), $noted, 'a use within the hour is no write';
$pg->psql(q{update magpie.session set last_used_at = now() - interval '61 minutes'});
$pg->call('session_find', hash_of('a4'));
is $pg->value(q{select count(*) from magpie.session where last_used_at > now() - interval '1 minute'}), 1,
    'one after it is noted';
$pg->psql(q{update magpie.session set expires_at = now()});
is_deeply [$pg->call('session_find', hash_of('a4'))], [], 'an expired session is found no more';
is $pg->call('session_alive', $second->{session_id}), 0, 'nor alive';
$pg->call('session_open', $alex->{user_id}, hash_of('a5'), 3600, '', undef);
is $pg->value("select count(*) from magpie.session where user_id = $alex->{user_id}"), 1,
    'and forgotten at the next login';

# --- at once ---

my @tries = map { $_->[0] } $pg->at_once(map {
    ['account_register', 'sam', 'Sam', 'h', hash_of("sam $_"), 3600, '', undef] } 1 .. 20);
is scalar(grep { !defined $_->{problem} } @tries), 1, 'of 20 registrations of one name at once, one succeeds';
is scalar(grep { ($_->{problem} // '') eq 'username-taken' } @tries), 19, 'the others are refused';
is $pg->value(q{select count(*) from magpie.account where username = 'sam'}), 1, 'one account';

my @ends = map { @{ $_->[0] } } $pg->at_once(map { ['session_end', hash_of('a5')] } 1 .. 5);
is scalar @ends, 1, 'of 5 logouts at once, one ends the session';

$pg->log_ok;
done_testing;
