#!/usr/bin/perl
# sql/migrate brings a database to the newest schema, once and whole or not at all; the workers'
# role may call the functions of the interface and do nothing else; sql/schema.sql is true.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;
use MagpiePg;

my $pg  = MagpiePg->start(migrate => 0);
my $sql = MagpiePg::root() . '/sql';
my @expected;                                   # what the log may say: patterns

sub fresh { my ($db) = @_; $pg->psql("create database $db", db => 'postgres'); return (db => $db) }
sub version { return $pg->psql('select magpie.schema_version()', @_) }

# A copy of sql/ to change things in, in a folder with an awkward name.
my $keep = File::Temp->newdir;
my $copies = 0;
sub copy_of {
    my $dir = "$keep/it's a \\copy " . ++$copies;
    system('cp', '-R', $sql, $dir) == 0 or die 'no copy';
    return $dir;
}
sub spew { my ($file, $text, $mode) = @_; open my $out, $mode // '>', $file or die "$file: $!"; print $out $text; close $out or die }

# --- the first time, and again ---

my ($status, $out) = $pg->migrate;
is $status, 0, 'an empty database is migrated';
my @files = map { s{.*/}{}r =~ s{\.sql$}{}r } sort glob "$sql/migrations/*.sql";
is $out, join('', map { "migrate: $_ applied\n" } @files), 'each migration is told';
is version(), scalar @files, 'the version is that of the last';
is_deeply [split /\n/, $pg->psql('select checksum from magpie.schema_migration order by number')],
    [map { (split ' ', `sha256sum "$sql/migrations/$_.sql"`)[0] } @files], 'with the checksum of each';

my $before = $pg->fingerprint;
($status, $out) = $pg->migrate;
is "$status $out", '0 ', 'again: nothing to tell';
is $pg->fingerprint, $before, 'nothing changed';

# --- from elsewhere ---

my $copy = copy_of();
($status, $out) = $pg->migrate(script => "$copy/migrate", fresh('elsewhere'));
is "$status " . version(db => 'elsewhere'), '0 ' . @files, 'it finds its files beside itself';
symlink "$copy/migrate", "$keep/link" or die;
($status) = $pg->migrate(script => "$keep/link", fresh('linked'));
is "$status " . version(db => 'linked'), '0 ' . @files, 'also by a link';
($status) = $pg->migrate(fresh('named'), env => { MAGPIE_SQL_DIR => $copy });
is "$status " . version(db => 'named'), '0 ' . @files, 'or where MAGPIE_SQL_DIR says';
($status, $out) = $pg->migrate(env => { MAGPIE_SQL_DIR => '/nonexistent' });
like "$status $out", qr/^1 migrate: no folder /, 'no files: a clear word';

# --- two at once ---

my %race = fresh('race');
my @pids = map {
    my $pid = fork // die;
    if ($pid == 0) {
        my ($s, $o) = $pg->migrate(%race);
        spew("$keep/race$_", "$s $o");
        POSIX::_exit(0);
    }
    $pid;
} 1 .. 2;
waitpid $_, 0 for @pids;
my @said = sort map { open my $in, '<', "$keep/race$_" or die; local $/; readline $in } 1 .. 2;
is $said[0], '0 ', 'of two at once one waits and finds nothing to do';
is $said[1], '0 ' . join('', map { "migrate: $_ applied\n" } @files), 'the other does all';

# --- refusals ---

my $changed = copy_of();
spew("$changed/migrations/$files[1].sql", "-- one more line\n", '>>');
spew("$changed/functions/schema_version.sql", 'create or replace function schema_version() returns int
    language sql stable security definer set search_path = magpie, pg_temp as $$ select 99 $$;');
($status, $out) = $pg->migrate(env => { MAGPIE_SQL_DIR => $changed });
is $status, 1, 'a changed old migration is refused';
like $out, qr/^migrate: $files[1] was changed after it had been applied/, 'and named';
is version(), scalar @files, 'no function was loaded';

my $new = copy_of();
my $next = sprintf '%04d-next', @files + 1;
my $step = sprintf "set local search_path = magpie;\nselect schema_version_step(%d, %d);\n", scalar @files, @files + 1;
spew("$new/migrations/$next.sql", "begin;\ncreate table magpie.next (id int);\nselect 1 / 0;\n${step}commit;\n");
($status, $out) = $pg->migrate(env => { MAGPIE_SQL_DIR => $new });
push @expected, qr/division by zero/;
is $status, 1, 'a migration that fails';
like $out, qr/division by zero.*what was under way has been undone/s, 'says why';
is version(), scalar @files, 'and leaves the schema where it was';
is $pg->value(q{select to_regclass('magpie.next') is null}), 1, 'with nothing of it done';

spew("$new/migrations/$next.sql", "begin;\ncreate table magpie.next (id int);\ncommit;\n");
($status, $out) = $pg->migrate(env => { MAGPIE_SQL_DIR => $new });
like "$status $out", qr/^1 migrate: $next has not noted itself/, 'one that notes nothing is refused';
$pg->psql('drop table magpie.next');

spew("$new/migrations/$next.sql", "begin;\ncreate table magpie.next (id int);\n" . $step =~ s/\d+, /1, /r . "commit;\n");
($status, $out) = $pg->migrate(env => { MAGPIE_SQL_DIR => $new });
like $out, qr/the schema is at version/, 'one with the wrong numbers is refused';
push @expected, qr/the schema is at version/;

spew("$new/migrations/$next.sql", "begin;\ncreate table magpie.next (id int);\n${step}commit;\n");
spew("$new/functions/answer.sql", 'create or replace function answer() returns int
    language sql security definer set search_path = magpie, pg_temp as $$ select 42 $$;');
my %next = (db => 'elsewhere');
($status, $out) = $pg->migrate(%next, env => { MAGPIE_SQL_DIR => $new });
is "$status $out", "0 migrate: $next applied\n", 'a good one is applied alone';
is version(%next), @files + 1, 'and noted';
is $pg->psql('select magpie.answer()', %next, user => 'magpie_worker'), 42, 'a new function is there for the workers';
spew("$new/functions/answer.sql", 'create or replace function answer() returns int
    language sql security definer set search_path = magpie, pg_temp as $$ select 43 $$;');
($status, $out) = $pg->migrate(%next, env => { MAGPIE_SQL_DIR => $new });
is $pg->psql('select magpie.answer()', %next, user => 'magpie_worker'), 43, 'a changed function is loaded by the next run';

($status, $out) = $pg->migrate(%next);
like "$status $out", qr/^1 migrate: the database is at version \d+, newer than these files/, 'older files than the database: refused';
is $pg->psql('select magpie.answer()', %next), 43, 'with nothing changed';

spew("$new/functions/answer.sql", 'create or replace function answer() returns text language sql as $$ select $$;');
($status, $out) = $pg->migrate(%next, env => { MAGPIE_SQL_DIR => $new });
push @expected, qr/cannot change return type/;
is $status, 1, 'a function that does not load';
is $pg->psql('select magpie.answer()', %next, user => 'magpie_worker'), 43, 'leaves all functions as they were';

for my $case ([sprintf('%04d-gap', @files + 2), qr/number \d+ was expected here/], ['0002-twice', qr/number \d+ was expected here/],
    ['notes', qr/is not named NNNN-what/]) {
    my ($name, $pattern) = @$case;
    my $dir = copy_of();
    spew("$dir/migrations/$name.sql", 'select 1;');
    ($status, $out) = $pg->migrate(env => { MAGPIE_SQL_DIR => $dir });
    like "$status $out", qr/^1 .*$pattern/, "migrations/$name.sql: refused";
}

# --- roles ---

$pg->psql($_, db => 'postgres') for 'create role magpie_owner login', 'create database owned owner magpie_owner';
my %owned = (db => 'owned', user => 'magpie_owner');
($status, $out) = $pg->migrate(%owned, env => { MAGPIE_WORKER_ROLE => 'other "worker"' });
push @expected, qr/the role "other "worker"" is missing/;
like "$status $out", qr/^1 .*the role "other "worker"" is missing, and magpie_owner may not create it/s,
    'an owner who may not create roles is told so';
($status, $out) = $pg->migrate(%owned);
is $status, 0, 'with the role there, an owner without other rights migrates';
is $pg->psql('select magpie.schema_version()', db => 'owned', user => 'magpie_worker'), scalar @files, 'for the workers';
is $pg->psql(q{select string_agg(distinct r.rolname, ' ') from pg_proc p join pg_roles r on r.oid = p.proowner
    where p.pronamespace = 'magpie'::regnamespace}, db => 'owned'), 'magpie_owner', 'who act with the owner\'s rights and no more';
($status, $out) = $pg->migrate(fresh('renamed'), env => { MAGPIE_WORKER_ROLE => 'other "worker"' });
is "$status " . $pg->psql('select magpie.schema_version()', db => 'renamed', user => 'other "worker"'), '0 ' . @files,
    'the workers\' role may have another name, and is made';

# --- the interface: what workers may call, and nothing else ---

my %interface = map { s/\s+/ /gr =~ m/^ ?(\w+)\((.*?)\) -> (.*?) ?$/ ? ($1 => "($2) -> $3") : die $_ } split /;/, <<'END' =~ s/;\s*\z//r;
account_register(text, text, text, bytea, integer, text, bytea, text) -> problem text, field text, user_id bigint, session_id bigint, outbox bigint[];
account_password(text) -> user_id bigint, name text, password_hash text;
session_open(bigint, bytea, integer, text, bytea, text, text) -> problem text, field text, session_id bigint, outbox bigint[];
session_find(bytea, text) -> user_id bigint, session_id bigint;
session_alive(bigint) -> boolean;
session_end(bytea) -> bigint[];
sessions(bigint, bigint) -> id bigint, device text, address text, created_at text, last_used_at text, current boolean;
session_page(bigint, bigint, bigint, integer) -> id bigint, device text, address text, created_at text, last_used_at text,
    current boolean;
sessions_end(bigint, bigint, bigint) -> problem text, field text, outbox bigint[], ended text;
password_of(bigint) -> password_hash text;
password_change(bigint, bigint, text, text) -> problem text, field text, outbox bigint[], ended text;
account_delete(bigint, text, boolean) -> problem text, field text, outbox bigint[], ended text;
me(bigint) -> id bigint, username text, name text, me_rev bigint;
friend_request_create(bigint, text, text) -> problem text, field text, request_id bigint, accepted boolean, outbox bigint[];
friend_request_ask(bigint, text, text, integer) -> problem text, field text, request_id bigint, accepted boolean,
    retry_after_s integer, outbox bigint[];
friend_request_answer(bigint, bigint, boolean, text, text, bigint) -> problem text, field text, outbox bigint[];
friend_request_withdraw(bigint, bigint) -> problem text, field text, outbox bigint[];
friend_requests(bigint) -> direction text, id bigint, user_id bigint, username text, name text, note text, "timestamp" text,
    avatar uuid;
friend_request_page(bigint, bigint, integer) -> id bigint, direction text, user_id bigint, username text, name text,
    avatar uuid, note text, "timestamp" text;
friend_page(bigint, bigint, integer) -> id bigint, username text, name text, status text, remark text, list_id bigint,
    since text, avatar uuid;
friend_change(bigint, bigint, text, text, bigint) -> problem text, field text, outbox bigint[];
friend_lists(bigint) -> id bigint, name text;
friend_list_create(bigint, text, text) -> problem text, field text, list_id bigint, outbox bigint[];
friend_list_change(bigint, bigint, text, text, integer) -> problem text, field text, outbox bigint[];
friend_list_remove(bigint, bigint) -> problem text, field text, outbox bigint[];
friends(bigint) -> id bigint, username text, name text, remark text;
friend_ids(bigint) -> user_id bigint;
friend_remove(bigint, bigint) -> problem text, field text, outbox bigint[];
group_create(bigint, text, text, text, integer) -> problem text, field text, group_id bigint, outbox bigint[], shape text;
groups(bigint) -> id bigint, name text, description text, max_members integer, role text;
group_get(bigint, bigint) -> problem text, field text, id bigint, name text, description text, max_members integer,
    role text, user_id bigint, username text, user_name text, user_role text;
group_list(bigint, bigint, integer) -> id bigint, shape text;
group_look(bigint, bigint) -> problem text, field text, shape text;
group_change(bigint, bigint, text, text, text, integer, text, text, text, text, integer, boolean) -> problem text, field text,
    outbox bigint[];
group_announce(bigint, bigint, text) -> problem text, field text, outbox bigint[];
group_announcement_seen(bigint, bigint) -> problem text, field text, outbox bigint[];
group_member_change(bigint, bigint, bigint, text, integer, text) -> problem text, field text, outbox bigint[];
group_pass(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
group_dissolve(bigint, bigint) -> problem text, field text, outbox bigint[];
group_add(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
group_remove(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
public_groups(bigint, text, bigint, integer) -> id bigint, card jsonb;
group_join_ask(bigint, bigint, text, integer) -> problem text, field text, joined boolean, retry_after_s integer, outbox bigint[];
join_requests(bigint, bigint, bigint, integer) -> problem text, field text, id bigint, user_id bigint, username text,
    name text, avatar uuid, note text, created_at text;
join_request_answer(bigint, bigint, bigint, boolean) -> problem text, field text, outbox bigint[];
join_request_withdraw(bigint, bigint) -> problem text, field text, outbox bigint[];
group_invite(bigint, bigint, bigint, integer) -> problem text, field text, invitation_id bigint, retry_after_s integer,
    outbox bigint[];
group_invitations(bigint, bigint, integer) -> id bigint, card jsonb, user_id bigint, username text, name text, avatar uuid,
    created_at text;
group_invitations_made(bigint, bigint) -> problem text, field text, id bigint, user_id bigint, username text, name text,
    avatar uuid, from_id bigint, from_username text, from_name text, from_avatar uuid, created_at text;
group_invitation_answer(bigint, bigint, boolean) -> problem text, field text, outbox bigint[];
group_invitation_withdraw(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
group_link_create(bigint, bigint, bytea, integer, integer) -> problem text, field text, link_id bigint, expires_at text,
    name text;
group_links(bigint, bigint) -> problem text, field text, id bigint, user_id bigint, name text, expires_at text,
    max_uses integer, uses integer;
group_link_revoke(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
group_link_look(bigint, bytea) -> problem text, field text, card jsonb;
group_link_join(bigint, bytea) -> problem text, field text, card jsonb, outbox bigint[];
group_ban_add(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
group_ban_remove(bigint, bigint, bigint) -> problem text, field text, outbox bigint[];
group_bans(bigint, bigint, bigint, integer) -> problem text, field text, id bigint, username text, name text, avatar uuid,
    at text, by_id bigint, by_name text;
send_messages(bigint[], text[], bigint[], text[], uuid[]) -> seq bigint, problem text, field text,
    retry_after_s integer, outbox_id bigint, readers bigint[], from_name text, "timestamp" text, mentions text, message json;
send_batch(bigint[], text[], bigint[], text[], uuid[]) -> idx integer, problem text, field text, repeated boolean,
    outbox_id bigint, readers bigint[], contact_type text, contact_id bigint, seq bigint, rev bigint, kind text,
    from_id bigint, from_name text, msg text, "timestamp" text, client_id text, notice text, retry_after_s integer,
    mentions text;
history(bigint, text, bigint, bigint, bigint, integer) -> problem text, field text, more boolean, complete_rev bigint,
    contact_type text, contact_id bigint, seq bigint, rev bigint, kind text, from_id bigint, from_name text, msg text,
    "timestamp" text, client_id text, notice text, mentions text;
read_mark(bigint, text, bigint, bigint) -> problem text, field text, outbox bigint[];
conversation_change(bigint, text, bigint, boolean, boolean, boolean, boolean, boolean) -> problem text, field text,
    outbox bigint[];
conversation_clear(bigint, text, bigint, bigint) -> problem text, field text, outbox bigint[];
resync(bigint, text[], bigint[], bigint[]) -> what text, contact_type text, contact_id bigint, name text,
    username text, rev bigint, read_seq bigint, unread bigint, ended boolean, reset boolean, gone boolean,
    m_seq bigint, m_rev bigint, m_kind text, m_from_id bigint, m_from_name text, m_msg text, m_timestamp text,
    m_client_id text, m_notice text;
catch_up(bigint, text[], bigint[], bigint[]) -> what text, contact_type text, contact_id bigint, name text,
    username text, rev bigint, read_seq bigint, unread bigint, ended boolean, reset boolean, gone boolean,
    remark text, list_id bigint, more json,
    m_seq bigint, m_rev bigint, m_kind text, m_from_id bigint, m_from_name text, m_msg text, m_timestamp text,
    m_client_id text, m_notice text, m_mentions text, last_seen text;
block_add(bigint, bigint) -> problem text, field text, outbox bigint[];
block_remove(bigint, bigint) -> problem text, field text, outbox bigint[];
blocks(bigint, bigint, integer) -> id bigint, username text, name text, "timestamp" text, avatar uuid;
settings(bigint) -> find_me text, ask_me text;
settings_change(bigint, text, text) -> problem text, field text, find_me text, ask_me text, outbox bigint[];
own_settings(bigint) -> find_me text, ask_me text, presence text, last_seen text;
own_settings_change(bigint, text, text, text, text) -> problem text, field text, find_me text, ask_me text, presence text,
    last_seen text, me_rev bigint, outbox bigint[];
presence_chosen(bigint[]) -> user_id bigint, presence text, me_rev bigint;
presence_friends(bigint[], boolean[]) -> user_id bigint, last_seen text, friends bigint[];
last_seen_of(bigint, bigint[]) -> user_id bigint, last_seen text;
user_known(bigint, bigint) -> id bigint, username text, name text, status text, remark text, avatar uuid;
user_named(bigint, text) -> id bigint, username text, name text, status text, remark text, avatar uuid;
users_like(bigint, text, text, integer) -> id bigint, username text, name text, status text, remark text, avatar uuid;
profile(bigint) -> id bigint, username text, name text, status text, avatar uuid;
profile_change(bigint, text, text) -> problem text, field text, id bigint, username text, name text, status text,
    avatar uuid, outbox bigint[];
avatar_change(bigint, bytea) -> problem text, field text, avatar uuid, outbox bigint[];
avatar_picture(uuid) -> picture bytea;
group_avatar_change(bigint, bigint, bytea) -> problem text, field text, avatar uuid, outbox bigint[];
revs_of(bigint[]) -> user_id bigint, revs bigint;
outbox_events(bigint[]) -> outbox_id bigint, type text, readers bigint[], event text, session_id bigint,
    contact_type text, group_id bigint, user_a bigint, user_b bigint, seq bigint, rev bigint, kind text,
    from_id bigint, from_name text, msg text, "timestamp" text, client_id text, notice text, mentions text;
outbox_done(bigint[]) -> void;
outbox_failed(bigint[]) -> void;
outbox_lease(bigint[], integer, integer) -> outbox_id bigint, type text, readers bigint[], event text,
    session_id bigint, contact_type text, group_id bigint, user_a bigint, user_b bigint, seq bigint, rev bigint,
    kind text, from_id bigint, from_name text, msg text, "timestamp" text, client_id text, notice text, mentions text;
outbox_seen(integer) -> id bigint;
schema_version() -> integer
END
my %callable = map { $_->{name} => "($_->{args}) -> $_->{result}" } $pg->rows(q{
    select p.proname as name, oidvectortypes(p.proargtypes) as args,
           regexp_replace(pg_get_function_result(p.oid), '^TABLE\((.*)\)$', '\1') as result
      from pg_proc p where p.pronamespace = 'magpie'::regnamespace
       and has_function_privilege('magpie_worker', p.oid, 'execute')});
is_deeply \%callable, \%interface, 'the workers may call exactly these functions, of these parameters and columns';

is_deeply [$pg->rows(q{select p.oid::regprocedure from pg_proc p where p.pronamespace = 'magpie'::regnamespace
    and prosecdef is distinct from has_function_privilege('magpie_worker', p.oid, 'execute')})], [],
    'just those act with the owner\'s rights';
is_deeply [$pg->rows(q{select p.oid::regprocedure from pg_proc p where p.pronamespace = 'magpie'::regnamespace
    and prosecdef and not coalesce('search_path=magpie, pg_temp' = any (proconfig), false)})], [], 'with a fixed search_path';
is_deeply [$pg->rows(q{select p.oid::regprocedure from pg_proc p where p.pronamespace = 'magpie'::regnamespace
    and has_function_privilege('public', p.oid, 'execute')})], [], 'the public may call none';

my @tables = split /\n/, $pg->psql(q{select oid::regclass from pg_class where relnamespace = 'magpie'::regnamespace and relkind in ('r', 'S', 'p', 'v')});
cmp_ok scalar @tables, '>', 12, 'there are tables and sequences';
is_deeply [grep { $pg->value("select has_table_privilege('magpie_worker', '$_', 'select, insert, update, delete, truncate, references, trigger')") } @tables],
    [], 'the workers have no right to any';
is_deeply [grep { $pg->value("select has_any_column_privilege('magpie_worker', '$_', 'select, insert, update, references')") }
    split /\n/, $pg->psql(q{select oid::regclass from pg_class where relnamespace = 'magpie'::regnamespace and relkind = 'r'})], [], 'nor to a column';
is $pg->psql(q{select has_database_privilege('magpie_worker', 'magpie', 'temp') or has_database_privilege('magpie_worker', 'magpie', 'create')
    or has_schema_privilege('magpie_worker', 'magpie', 'create') or has_schema_privilege('magpie_worker', 'public', 'create')}), 'f',
    'they can make nothing, not even a temporary table';
my @tries = ('select * from magpie.message', 'delete from magpie.session', 'select magpie.session_drop(null)',
    q{select magpie.user_event(1, 'x', '{}')}, 'create temp table t (id int)', 'create table magpie.t (id int)',
    'select magpie.schema_version_step(3, 4)', 'set role postgres');
for my $try (@tries) {
    like $pg->psql($try, user => 'magpie_worker', may_fail => 1), qr/ERROR:  permission denied/, "denied: $try";
}
push @expected, qr/permission denied/;
is $pg->psql('show lock_timeout; show statement_timeout; show jit', user => 'magpie_worker'), "1s\n5s\noff", 'their calls have a deadline';
$pg->psql(q{alter role magpie_worker in database magpie set lock_timeout = '2s'});
$pg->migrate;
is $pg->psql('show lock_timeout', user => 'magpie_worker'), '2s', 'a deadline that somebody changed stays so';

# --- the backstops ---

my ($alex, $kim) = map { $pg->user($_) } qw(alex kim);
$pg->befriend($alex, $kim);
$pg->send($alex, 'single', $kim, 'hello');
for my $bad (
    q{insert into account (username, name, password_hash) values ('Alex', 'x', 'x')},
    q{insert into account (username, name, password_hash) values ('alex', 'x', 'x')},
    qq{insert into account (username, name, password_hash) values ('max', '', 'x')},
    qq{insert into session (user_id, token_hash, expires_at) values ($alex, 'short', now())},
    q{update session set address = repeat('x', 65)}, q{update account set username = null}, q{update account set name = ''},
    q{update account set deleted_at = now()},
    q{insert into chat_group (name, name_key, max_members) values ('x', 'x', 501)},
    qq{insert into conversation (kind, low_id, high_id) values ('single', $alex, $kim)},
    qq{insert into membership (conversation_id, user_id, role, joined_rev) values (1, 999, 'member', 0)},
    qq{update membership set left_rev = joined_rev},
    q{insert into message select * from message limit 1},
    q{insert into message_key select * from message_key limit 1},
    qq{insert into friendship (user_id, friend_id, conversation_id) values ($alex, $alex, 1)},
    qq{insert into friend_request (from_id, to_id) values ($alex, $kim), ($kim, $alex)},
    q{update friend_request set state = 'forgotten'},
    qq{insert into friend_list (user_id, name, name_key, place) values ($alex, '', 'x', 1)},
    qq{insert into friend_list (user_id, name, name_key, place) values ($alex, 'X', 'x', 1), ($alex, 'x', 'x', 2)},
    qq{with l as (insert into friend_list (user_id, name, name_key, place) values ($kim, 'X', 'x', 1) returning id)
        update friendship set list_id = (select id from l) where user_id = $alex},
    qq{insert into block (user_id, blocked_id) values ($alex, $alex)},
    q{update account set status = repeat('x', 81)}, q{update account set find_me = 'friends'}, q{update account set ask_me = ''},
    q{insert into chat_group (name, name_key) values ('x', null)}, q{insert into chat_group (name, name_key, slow_mode) values ('x', 'x', 3601)},
    q{insert into chat_group (name, name_key, dissolved_at) values ('x', 'x', now())},
    q{insert into chat_group (name, name_key, announcement) values ('x', 'x', 'Hear!')}, q{update membership set nickname = repeat('x', 33)},
    q{insert into chat_group (name, name_key, visibility) values ('x', 'x', 'hidden')}, q{insert into permission select * from permission},
    q{update account set presence = 'away'}, q{update account set last_seen = 'everybody'},
    q{insert into avatar (picture) values ('')}, q{insert into avatar (picture) values (decode(repeat('00', 65537), 'hex'))},
    q{update account set avatar_id = gen_random_uuid()},
    q{with v as (insert into avatar (picture) values ('x') returning id) update account set avatar_id = (select id from v)},
) {
    like $pg->psql("set search_path = magpie; $bad", may_fail => 1), qr/ERROR:.*constraint/, "a backstop holds: $bad";
}
push @expected, qr/violates .*constraint/;

# Of the tables that each message writes the tests do it.
for my $bad (
    "update message set kind = 'recalled'", 'update message set rev = seq - 1', "update message set msg = ''",
    'update message set client_id = null', "update message set notice = '{}'", "update message set msg = repeat('x', 4001)",
    "insert into conversation (kind, low_id, high_id) values ('single', $kim, $alex)",
    "insert into conversation (kind, low_id, high_id) values ('single', $alex, null)", "insert into conversation (kind) values ('group')",
    "insert into outbox (type) values ('message')", "insert into outbox (type, conversation_id) values ('message', 1)",
    "insert into outbox (type, conversation_ids, seqs) values ('messages', '{1,2}', '{3}')",
) {
    $pg->{owner_session}->do("begin; $bad");
    isnt join(' ', $pg->unsound), '', "a test would see: $bad";
    $pg->{owner_session}->do('rollback');
}
is $pg->psql(q{select count(*) from pg_constraint where connamespace = 'magpie'::regnamespace and contype = 'f' and not convalidated}), 0,
    'all keys are validated';

# --- sql/schema.sql, and the programs themselves ---

($status, $out) = $pg->run(["$sql/dump-schema"], env => { PG_DUMP => MagpiePg::bin('pg_dump') });
is $status, 0, 'dump-schema';
my $schema = do { open my $in, '<', "$sql/schema.sql" or die; local $/; readline $in };
SKIP: {
    skip 'another PostgreSQL than sql/schema.sql was made with', 1
        if (split /\n/, $out)[0] ne (split /\n/, $schema)[0];
    is $out, $schema, 'sql/schema.sql is the newest schema (else: sql/migrate && sql/dump-schema > sql/schema.sql)';
}
SKIP: {
    skip 'no shellcheck', 1 if !grep { -x "$_/shellcheck" } split /:/, $ENV{PATH};
    is `shellcheck $sql/migrate $sql/dump-schema 2>&1`, '', 'shellcheck';
}
for my $file (glob "$sql/functions/*.sql") {
    my ($name) = $file =~ m{(\w+)\.sql$};
    my $text = do { open my $in, '<', $file or die; local $/; readline $in };
    my @made = $text =~ /^create or replace function (\w+)\(/mg;
    ok "@made" eq $name && $text =~ /^-- $name\(/, "functions/$name.sql has that function, and says what it is" or diag "@made";
}

$pg->log_ok(@expected);
done_testing;
