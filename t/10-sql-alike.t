#!/usr/bin/perl
# What is not there and what is not yours get the same answer after the same time. A stopwatch on a busy machine tells nothing, so
# this looks at what the time is made of: the same functions are called as often, nothing is read but by a few look-ups by key
# more or less, and nobody waits for a lock on what they may not know of.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use List::Util qw(max);
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
# Numbers that are found in an answer.
$pg->psql(q{do $$ declare s record; n int8 := 7000000; begin
    for s in select c.oid from pg_class c where c.relkind = 'S' and c.relnamespace = 'magpie'::regnamespace order by c.relname loop
        perform setval(s.oid, n); n := n + 10000;
    end loop; end $$});
my ($olga, $adam, $mia, $finn, $eve, $gone, $bad, $asker, $shy) = map { $pg->user($_) } qw(olga adam mia finn eve gone bad asker shy);
my $group = $pg->group('Birds', $olga, $adam, $mia, $gone, $bad);
$pg->call('group_member_change', $olga, $group, $adam, 'admin', undef, undef);
$pg->call('group_remove', $olga, $group, $gone);
$pg->call('group_ban_add', $olga, $group, $bad);
$pg->befriend($olga, $finn);
my $invitation = $pg->call('group_invite', $olga, $group, $finn, undef)->{invitation_id};
my $link       = $pg->call('group_link_create', $olga, $group, MagpiePg::hash_of('link'), 3600, 5)->{link_id};
$pg->psql("update magpie.chat_group set visibility = 'public' where id = $group");
$pg->call('group_join_ask', $asker, $group, '', undef);
$pg->psql("update magpie.chat_group set visibility = 'private' where id = $group");
my $request = $pg->call('friend_request_ask', $mia, 'finn', 'x', undef)->{request_id};
my $list    = $pg->call('friend_list_create', $mia, 'Family', 'family')->{list_id};
my $session = $pg->value("select id from magpie.session where user_id = $mia");
my $own     = $pg->value("select id from magpie.session where user_id = $eve");
$pg->call('settings_change', $shy, 'nobody', 'nobody');
$pg->call('block_add', $mia, $eve);
$pg->call('block_add', $mia, $gone);
$pg->send($olga, 'single', $mia, 'a secret');
my ($none, $uuid) = (999_999_999, MagpiePg::uuid());

# --- whoever asks for something by its id ---

# A function, its arguments behind `me`, given an id, and the ids: of what is another's, and of nothing.
my @alike;
sub alike { my ($function, $args, @ids) = @_; push @alike, [$function, $args, @ids]; return }
sub of_group { my ($function, @more) = @_; return alike $function, sub { ($_[0], @more) }, $group, $none }

of_group $_ for qw(group_look group_get group_announcement_seen group_dissolve group_invitations_made group_links join_request_withdraw);
of_group 'group_add', $mia;
of_group 'group_remove', $mia;
of_group 'group_change', 'New', 'new', 'x', 10, 'public', 'open', 'members', 'all', 5, 1;
of_group 'group_avatar_change', '\x00';
of_group 'group_announce', 'x';
of_group 'group_pass', $mia;
of_group 'group_member_change', $mia, 'admin', 60, 'x';
of_group 'group_bans', 0, 50;
of_group 'group_ban_add', $mia;
of_group 'group_ban_remove', $bad;
of_group 'group_invite', $mia, 50;
of_group 'group_invitation_withdraw', $finn;
of_group 'group_link_create', MagpiePg::hash_of('new'), 3600, 5;
of_group 'group_link_revoke', $link;
of_group 'group_join_ask', 'x', 50;
of_group 'join_requests', 0, 50;
of_group 'join_request_answer', $asker, 1;
alike 'group_invitation_answer', sub { ($_[0], 1) }, $invitation, $none;
alike 'friend_request_answer', sub { ($_[0], 1, '', '', 0) }, $request, $none;
alike 'friend_request_withdraw', sub { $_[0] }, $request, $none;
alike 'friend_list_change', sub { ($_[0], 'x', 'x', 1) }, $list, $none;
alike 'friend_list_remove', sub { $_[0] }, $list, $none;
alike 'sessions_end', sub { ($own, $_[0]) }, $session, $none;
for my $conversation (['group', $group], ['single', $olga]) {
    my ($type, $id) = @$conversation;
    alike 'history', sub { ($type, $_[0], undef, undef, 50) }, $id, $none;
    alike 'history', sub { ($type, $_[0], undef, 0, 50) }, $id, $none;
    alike 'read_mark', sub { ($type, $_[0], 1) }, $id, $none;
    alike 'conversation_change', sub { ($type, $_[0], 1, 1, 1, 1, 1) }, $id, $none;
    alike 'conversation_clear', sub { ($type, $_[0], 1) }, $id, $none;
    alike 'catch_up', sub { ([$type], [$_[0]], [0]) }, $id, $none;
    alike 'resync', sub { ([$type], [$_[0]], [0]) }, $id, $none;
}
# A person who doesn't want to be found, one who has blocked me, and nobody.
for my $hidden (['shy', $shy], ['mia', $mia]) {
    my ($name, $id) = @$hidden;
    alike 'friend_request_ask', sub { ($_[0], '', 50) }, $name, 'xxx';
    alike 'friend_request_create', sub { ($_[0], '') }, $name, 'xxx';
    alike 'user_named', sub { $_[0] }, $name, 'xxx';
    alike 'friend_remove', sub { $_[0] }, $id, $none;
    alike 'friend_change', sub { ($_[0], 'x', 'x', 0) }, $id, $none;
    alike 'block_remove', sub { $_[0] }, $id, $none;
    alike 'user_known', sub { $_[0] }, $id, $none;
}
alike 'block_add', sub { $_[0] }, $shy, $none;
my @sends = (['group', $group], ['single', $olga], ['single', $shy], ['single', $mia]);

# Functions that are given whose ids they are by the worker, or a name by whoever logs in (t/30-accounts.t).
my %other = map { $_ => 1 } qw(account_password account_register session_open session_alive friend_ids avatar_picture);
my %tried = map { $_->[0] => 1 } @alike;
my $ids   = join ', ', map { "'$_'" } qw(p_group p_user p_friend p_request p_invitation p_list p_link p_contact_id p_have_id p_username p_one p_session p_id);
is_deeply [grep { !$tried{$_} && !$other{$_} && !/^(?:group_create|send_batch|send_messages|sessions|session_page|password_change)$/ } map { $_->{name} } $pg->rows(
    "select distinct p.proname as name from pg_proc p where p.pronamespace = 'magpie'::regnamespace and p.prosecdef
        and p.proargnames[1:p.pronargs] && array[$ids]::name[]::text[] order by 1")], [], 'every function that is given an id is tried';

# --- the same answer, by the same way ---

my $watched = $pg->session(user => 'postgres', options => '-c search_path=magpie -c track_functions=pl');
sub counts {
    return map { $_->{name} => $_->{n} } $watched->rows(
        "select funcname || '()' as name, calls as n from pg_stat_xact_user_functions
          union all select 'look-ups', coalesce(sum(idx_scan), 0) from pg_stat_xact_user_tables
          union all select 'scans', coalesce(sum(seq_scan), 0) from pg_stat_xact_user_tables where relname <> 'permission'");
}

# What a call answers, with its ids left out, and what it took.
sub way {
    my ($hide, @call) = @_;
    $watched->do('begin');
    my %before = counts();
    my @rows   = $watched->call(@call);
    my %after  = counts();
    $watched->do('rollback');
    my $answer = JSON::PP->new->canonical->encode(\@rows);
    $answer =~ s/"?\b(?:$hide)\b"?/ID/g;
    my %took = map { $_ => $after{$_} - ($before{$_} // 0) } keys %after;
    my ($lookups, $scans) = delete @took{qw(look-ups scans)};
    return { answer => $answer, functions => { map { $_ => $took{$_} } grep { $took{$_} } keys %took }, lookups => $lookups, scans => $scans };
}

my $most = 0;
sub same_way {
    my ($what, $hide, @calls) = @_;
    way($hide, @{ $calls[0] });                                          # its plans are made
    my ($theirs, $nothing) = map { way($hide, @$_) } @calls;
    is $theirs->{answer}, $nothing->{answer}, "$what: the same answer";
    is_deeply $theirs->{functions}, $nothing->{functions}, '... by the same functions';
    my $more = abs $theirs->{lookups} - $nothing->{lookups};
    $most = max($most, $more);
    cmp_ok $more, '<=', 8, '... and a few look-ups, more or less';
    is $theirs->{scans}, $nothing->{scans}, '... and reads no more of any table';
    return;
}
for (@alike) {
    my ($function, $args, @ids) = @$_;
    same_way("$function($ids[0])", join('|', @ids), map { [$function, $eve, $args->($_)] } @ids);
}
for (@sends) {
    my ($type, $id) = @$_;
    same_way("send_messages($type $id)", "$id|$none", map { ['send_messages', [$eve], [$type], [$_], ['x'], [$uuid]] } $id, $none);
}
# Who is banned is told of nothing, as a stranger.
same_way('group_look by the banned', "$group|$none", map { ['group_look', $bad, $_] } $group, $none);
same_way('group_join_ask by the banned', "$group|$none", map { ['group_join_ask', $bad, $_, '', 50] } $group, $none);
note "at most $most look-ups more or less";

# --- and nobody waits ---

my $holder = $pg->session(user => 'postgres', options => '-c search_path=magpie');
$holder->do('begin');
$holder->do("select from $_ for update") for qw(conversation membership chat_group group_invitation group_join_request group_link group_ban friend_request
    friendship friend_list), "account where id <> $eve", "session where user_id <> $eve", "block where user_id <> $eve";
my $quick = $pg->session(options => '-c lock_timeout=1ms');
sub answered { my @call = @_; return eval { $quick->call(@call); 1 } ? 'answered' : "$call[0]: $@" }
is_deeply [grep { $_ ne 'answered' } map { my ($function, $args, $id) = @$_; answered($function, $eve, $args->($id)) } @alike], [],
    'while all of it is locked, each is answered without a wait';
is_deeply [map { $quick->call('send_messages', [$eve], [$_->[0]], [$_->[1]], ['x'], [$uuid])->{problem} } @sends],
    ['not-a-member', ('not-friends') x 3], 'as sends are, of which none is to be tried again';
$holder->do('rollback');

$pg->log_ok;
done_testing;
