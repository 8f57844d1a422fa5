#!/usr/bin/perl
# A new version of the schema beside old workers: a function has one column more, so that what they prepared is outdated.
# PostgreSQL says so, and nobody else notices.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
$magpie->allow_errors(qr/cached plan must not change result type|prepared statement .* does not exist/);

sub many { my @args = @_; return [map { $_->status } $magpie->parallel(map { [@args, undef, $alex] } 1 .. 12)] }
is_deeply many(GET => '/api/me'), [(200) x 12], 'a call that is prepared on each connection';

$magpie->psql(<<'SQL');
begin;
drop function magpie.profile(int8);
create function magpie.profile(p_me int8) returns table (news text, id int8, username text, name text, status text, avatar text)
language sql stable security definer set search_path = magpie, pg_temp
as $$ select 'new', a.id, a.username, a.name, a.status, a.avatar_id::text from account a where a.id = p_me $$;
grant execute on function magpie.profile(int8) to magpie_worker;
commit;
SQL
# Which connections take the calls is not said: until one of those that had prepared the old function has.
my @answers;
ok Magpie::wait_until(sub {
    push @answers, @{ many(GET => '/api/me') };
    return grep { /cached plan must not change/ } $magpie->log_lines('postgres');
}, 20), 'PostgreSQL refuses the old plans';
is scalar(grep { $_ != 200 } @answers), 0, 'calls go on when the function is another one';
is $alex->get('/api/me')->json->{user}{username}, 'alex', 'and say what they should';
is scalar(grep { /database connection lost/ } map { $magpie->log_lines($_) } qw(worker-1 worker-2)), 0, 'on the same connections';

# A function that refuses for a reason of its own is asked once more, and then believed.
$magpie->psql(<<'SQL');
create or replace function magpie.profile(p_me int8) returns table (news text, id int8, username text, name text, status text, avatar text)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$ begin raise exception 'no such thing' using errcode = '0A000'; end $$;
SQL
$magpie->allow_errors(qr/no such thing/);
is $alex->get('/api/me')->status, 500, 'an error stays one';
is $alex->send(to => $kim, msg => 'hello')->status, 201, 'and all else goes on';
done_testing;
