#!/usr/bin/perl
# The matrix of permissions: everybody who may stand to a group or a person in some way tries everything
# that one can do to either. What each gets follows from the table in SQL (permissions_load); what a row says
# beside it is how a refusal looks. Whoever is refused has changed nothing, and where the answer is that there
# is nothing, it is the one that an id gets which nobody has.
#
# docs/permissions.md is this table in print: MAGPIE_WRITE=1 writes it, and otherwise it must be the same.
use v5.30;
use utf8;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Magpie;
use OpenApi;

my @kinds = qw(stranger friend ex-friend blocked blocker invited member muted admin owner removed banned logged-out);
my %to_group  = map { $_ => $_ } qw(invited member muted admin owner removed banned);     # stranger: all others
my %to_person = (owner => 'friend', map { $_ => $_ } qw(friend ex-friend blocked blocker));     # the members are the owner's friends
my %inside    = map { $_ => 1 } qw(member muted admin owner);
my $nobody    = 999_999_999;

my $root   = Magpie::root();
my $magpie = Magpie->start(workers => 2);
my %actor  = map { $_ => $magpie->user($_) } grep { $_ ne 'logged-out' } @kinds;
$actor{'logged-out'} = $magpie->stranger;
my $fixture_of = $magpie->user('somebody');        # whose place the one who is logged out has

# ---- one group and one person for each attempt ----------------------------------------------------

# The actor's group G with its owner, an admin D, a member T (who is also the person of the person's rows), an
# outsider F who is the actor's friend, and B, who is banned. All in SQL, by the functions of the product.
$magpie->psql(<<'SQL');
set search_path = magpie;
create sequence matrix_number;
create function matrix_person() returns int8 language sql as $$
    insert into account (username, name, password_hash)
    values ('m' || lpad(nextval('matrix_number')::text, 6, '0'), 'Person', 'x') returning id
$$;
create function matrix_friends(a int8, b int8) returns void language plpgsql as $$
begin
    perform friend_request_ask(a, (select username from account where id = b), '', null);
    perform friend_request_ask(b, (select username from account where id = a), '', null);
end
$$;
create function matrix_member(owner int8, grp int8, who int8) returns void language plpgsql as $$
declare v record;
begin
    perform matrix_friends(owner, who);
    select * into v from group_add(owner, grp, who);
    if v.problem is not null then raise 'group_add: %', v.problem; end if;
end
$$;
create function matrix_case(kind text, me int8) returns jsonb language plpgsql as $$
declare
    o int8 := case kind when 'owner' then me else matrix_person() end;
    d int8 := matrix_person(); t int8 := matrix_person(); f int8 := matrix_person(); b int8 := matrix_person();
    q int8 := matrix_person(); i int8 := matrix_person();
    v_name text := 'g' || nextval('matrix_number');
    g int8; v record; c int8; own int8; v_invitation int8; v_request int8;
begin
    select x.group_id into g from group_create(o, v_name, v_name, '', null) x;
    select id into c from conversation where group_id = g;
    perform matrix_member(o, g, d);
    update membership set role = 'admin' where conversation_id = c and user_id = d;
    perform matrix_member(o, g, t);
    perform matrix_friends(o, b);
    perform group_ban_add(o, g, b);
    perform matrix_friends(me, f);
    perform matrix_friends(o, i);
    select invitation_id into v_invitation from group_invite(o, g, i, null);
    update chat_group set visibility = 'public', joining = 'request' where id = g;
    perform group_join_ask(q, g, '', null);
    update chat_group set visibility = 'private' where id = g;
    if kind in ('friend', 'ex-friend', 'blocked', 'blocker') then
        perform matrix_friends(me, t);
    end if;
    case kind
        when 'ex-friend' then perform friend_remove(t, me);
        when 'blocked' then perform block_add(t, me);
        when 'blocker' then perform block_add(me, t);
        when 'invited' then
            perform matrix_friends(o, me);
            select invitation_id into v_invitation from group_invite(o, g, me, null);
        when 'member' then perform matrix_member(o, g, me);
        when 'muted' then
            perform matrix_member(o, g, me);
            update membership set muted_until = now() + interval '1 hour' where conversation_id = c and user_id = me;
        when 'admin' then
            perform matrix_member(o, g, me);
            update membership set role = 'admin' where conversation_id = c and user_id = me;
        when 'removed' then
            perform matrix_member(o, g, me);
            perform group_remove(o, g, me);
        when 'banned' then
            perform matrix_member(o, g, me);
            perform group_ban_add(o, g, me);
        else null;
    end case;
    select x.group_id into own from group_create(me, v_name || 'x', v_name || 'x', '', null) x;
    delete from outbox where xmin = pg_current_xact_id()::xid;          -- nobody needs to hear of it
    return jsonb_build_object('kind', kind, 'g', g, 'c', c, 'o', o, 'd', d, 't', t, 'f', f, 'b', b, 'q', q, 'i', i,
        'own', own, 'invitation', v_invitation, 'me', me,
        'name', (select username from account where id = t));
end
$$;
-- All that an attempt could change, as text.
create function matrix_state(g int8, me int8, t int8) returns text language sql as $$
    select md5(concat_ws('|',
        (select string_agg(to_jsonb(x)::text, ',') from chat_group x where x.id = g),
        (select string_agg(to_jsonb(x)::text, ',' order by x.id) from conversation x where x.group_id = g
             or x.low_id = least(me, t) and x.high_id = greatest(me, t)),
        (select string_agg(to_jsonb(x)::text, ',' order by x.user_id) from membership x
           join conversation c on c.id = x.conversation_id where c.group_id = g),
        (select string_agg(to_jsonb(x)::text, ',' order by x.user_id) from group_ban x where x.group_id = g),
        (select string_agg(to_jsonb(x)::text, ',' order by x.id) from group_invitation x where x.group_id = g),
        (select string_agg(to_jsonb(x)::text, ',' order by x.id) from group_join_request x where x.group_id = g),
        (select string_agg(to_jsonb(x)::text, ',' order by x.id) from group_link x where x.group_id = g),
        (select string_agg(to_jsonb(x)::text, ',') from friendship x where x.user_id = me and x.friend_id = t),
        (select string_agg(to_jsonb(x)::text, ',') from friend_request x where x.from_id = me and x.to_id = t),
        (select string_agg(to_jsonb(x)::text, ',') from block x where x.user_id = me and x.blocked_id = t)))
$$;
SQL

my $text = JSON::PP->new->canonical;
sub ids { my ($kind) = @_; return $kind eq 'logged-out' ? $fixture_of->id : $actor{$kind}->id }

# Prepares a case for each of these kinds, in one go.
sub cases {
    my ($prepare, @of) = @_;
    my $values = join ', ', map { "('$_', " . ids($_) . ')' } @of;
    my @cases  = map { JSON::PP::decode_json($_) }
        $magpie->psql("set search_path = magpie; select matrix_case(k, m) from (values $values) v (k, m)");
    if ($prepare) {
        my $all = join ', ', map { "($_->{g}, $_->{c}, $_->{o}, $_->{t}, $_->{me})" } @cases;
        $magpie->psql("set search_path = magpie; " . ($prepare =~ s/CASES/(values $all) as x (g, c, o, t, me)/gr));
    }
    return @cases;
}

sub states {
    my (@cases) = @_;
    my $values = join ', ', map { "($_->{g}, $_->{me}, $_->{t})" } @cases;
    return $magpie->psql("set search_path = magpie; select matrix_state(g, m, t) from (values $values) v (g, m, t)");
}

# ---- what can be done -------------------------------------------------------------------------------

# A row: what it is called; `may`, the action in SQL that decides (standings where there is none); `on`,
# group or person; `try`, method, path, body and how it is sent, in which $x->{...} are the case's ids; `ok`, the status of success; and,
# where a refusal is not the usual one (403 to those who are in the group, 404 to all others; 404 from a person),
# `not`: what each kind gets instead; 'plain' where it is done, but is no more than a text. `with`: SQL that prepares the cases.
my @rows;
sub row { my ($what, %row) = @_; push @rows, { what => $what, ok => 204, %row } }
sub uuid { $magpie->uuid }
my %view = ((map { $_ => JSON::PP::true } qw(pinned muted hidden marked_unread)), mentions => JSON::PP::false);
my $picture = do { open my $in, '<:raw', "$root/t/fuzz/corpus/picture/rgb.png" or die $!; local $/; <$in> };

row 'read who is in it', on => 'group', may => 'see-group', ok => 200, holds => sub { exists $_[0]->json->{group}{members} },
    try => sub { GET => "/api/groups/$_[0]{g}" };
row 'see the card of a private one', on => 'group', may => 'see-private', ok => 200, not => { map { $_ => 200 } keys %inside },
    try => sub { GET => "/api/groups/$_[0]{g}" };
row 'see the card of a public one', on => 'group', may => 'see-public', ok => 200, not => { map { $_ => 200 } keys %inside },
    with => q{update chat_group set visibility = 'public' where id in (select g from CASES)},
    try => sub { GET => "/api/groups/$_[0]{g}" };
row 'read its history', on => 'group', may => [qw(owner admin member muted removed banned)], ok => 200,
    try => sub { GET => "/api/history?contact_type=group&contact_id=$_[0]{g}" };
row 'mark it read', on => 'group', may => [qw(owner admin member muted removed banned)],
    try => sub { POST => '/api/read', { contact_type => 'group', contact_id => $_[0]{g}, seq => 1 } };
row 'pin it, mute it, hide it, mark it as unread', on => 'group', may => [qw(owner admin member muted removed banned)],
    try => sub { PATCH => "/api/conversations/group/$_[0]{g}", \%view };
row 'clear one\'s history of it', on => 'group', may => [qw(owner admin member muted removed banned)],
    try => sub { POST => "/api/conversations/group/$_[0]{g}/clear", { seq => 1 } };
row 'write in it', on => 'group', may => 'send', ok => 201,
    try => sub { POST => '/api/send', { contact_type => 'group', to => $_[0]{g}, msg => 'x', client_id => uuid() } },
    not => { map { $_ => 403 } @kinds };
row 'mention everybody', on => 'group', may => 'mention-all', ok => 201, plain => sub { !$_[0]->json->{message}{mentions} },
    try => sub { POST => '/api/send', { contact_type => 'group', to => $_[0]{g}, msg => '@all', client_id => uuid() } },
    not => { (map { $_ => 403 } @kinds), member => 'plain' };
row 'write twice in slow mode', on => 'group', may => 'send-unslowed', ok => 201,
    with => q{select group_change(o, g, null, null, null, null, null, null, null, null, 3600, null) from CASES},
    before => sub { POST => '/api/send', { contact_type => 'group', to => $_[0]{g}, msg => 'x', client_id => uuid() } },
    try => sub { POST => '/api/send', { contact_type => 'group', to => $_[0]{g}, msg => 'y', client_id => uuid() } },
    not => { (map { $_ => 403 } @kinds), member => 429 };
row 'write while all but admins are muted', on => 'group', may => [qw(owner admin)], ok => 201,
    with => q{select group_change(o, g, null, null, null, null, null, null, null, null, null, true) from CASES},
    try => sub { POST => '/api/send', { contact_type => 'group', to => $_[0]{g}, msg => 'x', client_id => uuid() } },
    not => { map { $_ => 403 } @kinds };
for my $change (['rename it', name => undef], ['describe it', description => 'd'], ['set how many may be in it', max_members => 499],
    ['set who finds it', visibility => 'public'], ['set who comes in', joining => 'open'], ['set who invites', who_invites => 'members'],
    ['set what new members see', history => 'all'], ['set slow mode', slow_mode => 5], ['mute all but admins', muted => JSON::PP::true])
{
    my ($what, $name, $value) = @$change;
    row $what, on => 'group', may => 'change-group', try => sub { PATCH => "/api/groups/$_[0]{g}", { $name => $value // "new $_[0]{g}" } };
}
row 'give it a picture', on => 'group', may => 'change-avatar', ok => 200,
    try => sub { PUT => "/api/groups/$_[0]{g}/avatar", $picture, type => 'image/png' };
row 'take its picture away', on => 'group', may => 'change-avatar', with => q{select group_avatar_change(o, g, 'x') from CASES},
    try => sub { DELETE => "/api/groups/$_[0]{g}/avatar" };
row 'announce', on => 'group', may => 'announce', try => sub { PUT => "/api/groups/$_[0]{g}/announcement", { text => 'hear' } };
row 'mark the announcement seen', on => 'group', may => 'see-group', try => sub { POST => "/api/groups/$_[0]{g}/announcement/seen" };
row 'dissolve it', on => 'group', may => 'dissolve', try => sub { DELETE => "/api/groups/$_[0]{g}" };
row 'leave it', on => 'group', may => 'leave', try => sub { DELETE => "/api/groups/$_[0]{g}/members/$_[0]{me}" },
    not => { owner => 409 };
row 'pass the ownership', on => 'group', may => 'pass-ownership', try => sub { POST => "/api/groups/$_[0]{g}/owner", { user_id => $_[0]{t} } };
row 'make a member an admin', on => 'group', may => 'set-role', try => sub { PATCH => "/api/groups/$_[0]{g}/members/$_[0]{t}", { role => 'admin' } };
row 'make an admin a member', on => 'group', may => 'set-role', try => sub { PATCH => "/api/groups/$_[0]{g}/members/$_[0]{d}", { role => 'member' } };
row 'take a nickname', on => 'group', may => 'nickname-self', try => sub { PATCH => "/api/groups/$_[0]{g}/members/$_[0]{me}", { nickname => 'nick' } };
for my $of (['member', 't'], ['admin', 'd'], ['owner', 'o']) {
    my ($role, $id) = @$of;
    my $article = $role eq 'member' ? 'a member' : $role eq 'admin' ? 'an admin' : 'the owner';
    my %self    = $role eq 'owner' ? (owner => 'skip') : ();       # oneself: rows of their own
    row "give $article a nickname", on => 'group', may => "nickname-$role", not => \%self,
        try => sub { PATCH => "/api/groups/$_[0]{g}/members/$_[0]{$id}", { nickname => 'nick' } };
    row "mute $article", on => 'group', may => "mute-$role", not => \%self,
        try => sub { PATCH => "/api/groups/$_[0]{g}/members/$_[0]{$id}", { mute_for => 60 } };
    row "remove $article", on => 'group', may => "remove-$role", not => \%self,
        try => sub { DELETE => "/api/groups/$_[0]{g}/members/$_[0]{$id}" };
    row "ban $article", on => 'group', may => "ban-$role", not => \%self,
        try => sub { POST => "/api/groups/$_[0]{g}/bans", { user_id => $_[0]{$id} } };
}
row 'ban somebody outside', on => 'group', may => 'ban', try => sub { POST => "/api/groups/$_[0]{g}/bans", { user_id => $_[0]{f} } };
row 'see who is banned', on => 'group', may => 'ban', ok => 200, try => sub { GET => "/api/groups/$_[0]{g}/bans" };
row 'unban', on => 'group', may => 'ban', try => sub { DELETE => "/api/groups/$_[0]{g}/bans/$_[0]{b}" };
row 'add a friend', on => 'group', may => 'add', ok => 201, try => sub { POST => "/api/groups/$_[0]{g}/members", { user_id => $_[0]{f} } };
row 'invite a friend', on => 'group', may => 'invite', ok => 201, try => sub { POST => "/api/groups/$_[0]{g}/invitations", { user_id => $_[0]{f} } };
row 'invite a friend where members may', on => 'group', may => 'invite-as-member', ok => 201,
    with => q{update chat_group set who_invites = 'members' where id in (select g from CASES)},
    try => sub { POST => "/api/groups/$_[0]{g}/invitations", { user_id => $_[0]{f} } };
row 'see who is invited', on => 'group', may => 'invite', ok => 200, try => sub { GET => "/api/groups/$_[0]{g}/invitations" };
row "withdraw another's invitation", on => 'group', may => 'manage-invitations', not => { map { $_ => 404 } qw(member muted) },
    try => sub { DELETE => "/api/groups/$_[0]{g}/invitations/$_[0]{i}" };
row 'make a link', on => 'group', may => 'invite', ok => 201,
    try => sub { POST => "/api/groups/$_[0]{g}/links", { expires_in => 3600, max_uses => 5 } };
row 'make a link where members may', on => 'group', may => 'invite-as-member', ok => 201,
    with => q{update chat_group set who_invites = 'members' where id in (select g from CASES)},
    try => sub { POST => "/api/groups/$_[0]{g}/links", { expires_in => 3600, max_uses => 5 } };
row 'see the links', on => 'group', may => 'invite', ok => 200, try => sub { GET => "/api/groups/$_[0]{g}/links" };
my $link = q{with l as (insert into group_link (group_id, by_id, token_hash, expires_at, max_uses)
    select g, o, sha256(convert_to(lpad(g::text, 32, '0'), 'UTF8')), now() + interval '1 day', 5 from CASES returning 1) select count(*) from l};
row "revoke another's link", on => 'group', may => 'manage-invitations', with => $link, not => { map { $_ => 404 } qw(member muted) },
    try => sub { DELETE => "/api/groups/$_[0]{g}/links/" . $magpie->psql("select id from magpie.group_link where group_id = $_[0]{g}") };
row 'see who asks to join', on => 'group', may => 'answer-requests', ok => 200, try => sub { GET => "/api/groups/$_[0]{g}/join-requests" };
row 'let one join who asks', on => 'group', may => 'answer-requests', try => sub { POST => "/api/groups/$_[0]{g}/join-requests/$_[0]{q}/accept" };
row 'refuse one who asks', on => 'group', may => 'answer-requests', try => sub { POST => "/api/groups/$_[0]{g}/join-requests/$_[0]{q}/reject" };
row 'join it, a private one', on => 'group', may => [], ok => 201, try => sub { POST => "/api/groups/$_[0]{g}/join", {} },
    not => { map { $_ => 409 } keys %inside };
row 'join it, an open one', on => 'group', may => 'join-public', ok => 201,
    with => q{update chat_group set visibility = 'public', joining = 'open' where id in (select g from CASES)},
    try => sub { POST => "/api/groups/$_[0]{g}/join", {} }, not => { map { $_ => 409 } keys %inside };
row 'ask to join it', on => 'group', may => 'join-public', ok => 201,
    with => q{update chat_group set visibility = 'public', joining = 'request' where id in (select g from CASES)},
    try => sub { POST => "/api/groups/$_[0]{g}/join", { note => 'please' } }, not => { map { $_ => 409 } keys %inside };
row 'look where a link leads', on => 'group', may => 'use-link', ok => 200, with => $link,
    try => sub { POST => '/api/group-links/look', { token => sprintf '%032d', $_[0]{g} } };
row 'join by a link', on => 'group', may => [qw(stranger invited removed)], ok => 200, with => $link, not => { map { $_ => 409 } keys %inside },
    try => sub { POST => '/api/group-links/join', { token => sprintf '%032d', $_[0]{g} } };
row "withdraw another's request to join", on => 'group', may => [], not => { map { $_ => 404 } keys %inside },
    try => sub { DELETE => "/api/groups/$_[0]{g}/join" };
row 'accept an invitation', on => 'group', may => ['invited'], try => sub { POST => "/api/group-invitations/$_[0]{invitation}/accept" },
    not => { map { $_ => 404 } @kinds };
row 'reject an invitation', on => 'group', may => ['invited'], try => sub { POST => "/api/group-invitations/$_[0]{invitation}/reject" },
    not => { map { $_ => 404 } @kinds };

# ---- people -------------------------------------------------------------------------------------------

row 'write to somebody', on => 'person', may => 'write', ok => 201, not => { map { $_ => 403 } @kinds },
    try => sub { POST => '/api/send', { contact_type => 'single', to => $_[0]{t}, msg => 'x', client_id => uuid() } };
row 'read what was written', on => 'person', may => 'read-conversation', ok => 200,
    try => sub { GET => "/api/history?contact_type=single&contact_id=$_[0]{t}" };
row 'mark that read', on => 'person', may => 'read-conversation',
    try => sub { POST => '/api/read', { contact_type => 'single', contact_id => $_[0]{t}, seq => 1 } };
row 'pin it, mute it, hide it, mark it as unread', on => 'person', may => 'read-conversation',
    try => sub { PATCH => "/api/conversations/single/$_[0]{t}", \%view };
row 'clear it', on => 'person', may => 'read-conversation',
    try => sub { POST => "/api/conversations/single/$_[0]{t}/clear", { seq => 1 } };
row 'ask to be friends', on => 'person', may => 'ask', ok => 201, not => { map { $_ => 409 } qw(friend owner blocker) },
    try => sub { POST => '/api/friend-requests', { username => $_[0]{name}, note => 'please' } };
row 'give a remark', on => 'person', may => 'keep-friend', try => sub { PATCH => "/api/friends/$_[0]{t}", { remark => 'my remark', list_id => 0 } };
row 'end the friendship', on => 'person', may => 'keep-friend', try => sub { DELETE => "/api/friends/$_[0]{t}" };
row 'block', on => 'person', may => 'block', try => sub { POST => '/api/blocks', { user_id => $_[0]{t} } };
row 'unblock', on => 'person', may => 'unblock', try => sub { DELETE => "/api/blocks/$_[0]{t}" };
row 'add to a group of mine', on => 'person', may => 'add-to-group', ok => 201, not => { map { $_ => 403 } @kinds },
    try => sub { POST => "/api/groups/$_[0]{own}/members", { user_id => $_[0]{t} } };
row 'invite to a group of mine', on => 'person', may => 'add-to-group', ok => 201, not => { map { $_ => 403 } @kinds },
    try => sub { POST => "/api/groups/$_[0]{own}/invitations", { user_id => $_[0]{t} } };
row 'see when somebody is there', on => 'person', may => 'keep-friend', ok => 200,
    holds => sub { grep { $_->{id} == $_[1]{t} } $_[0]->json->{friends}->@* }, try => sub { GET => '/api/friends' };
row 'find somebody by name', on => 'person', may => 'find', ok => 200,
    holds => sub { scalar $_[0]->json->{users}->@* }, try => sub { GET => "/api/users?username=$_[0]{name}" };

# What is the person's alone: nobody may, whatever they are to each other.
sub theirs { my ($table, $where) = @_; return $magpie->psql("select max(id) from magpie.$table where $where") || $nobody }
my $request = q{select friend_request_ask(matrix_person(), (select username from account where id = t), '', null) from CASES};
for my $how (['accept', 'POST', '/accept', 'to_id'], ['reject', 'POST', '/reject', 'to_id'], ['withdraw', 'DELETE', '', 'from_id']) {
    my ($what, $method, $path, $side) = @$how;
    row "$what another's request", on => 'person', may => [], with => $what ne 'withdraw' ? $request
            : q{select friend_request_ask(t, (select a.username from membership m join account a on a.id = m.user_id
                where m.conversation_id = c and m.role = 'admin' and m.user_id <> me limit 1), '', null) from CASES},
        try => sub {
            $method => '/api/friend-requests/' . theirs(friend_request => "state = 'open' and $side = $_[0]{t}") . $path,
                $what eq 'accept' ? { remark => 'x', list_id => 0 } : undef;
        };
}
my $list = q{select friend_list_create(t, 'List', 'list') from CASES};
row "rename another's list", on => 'person', may => [], with => $list,
    try => sub { PATCH => '/api/friend-lists/' . theirs(friend_list => "user_id = $_[0]{t}"), { name => 'New', place => 1 } };
row "remove another's list", on => 'person', may => [], with => $list, try => sub { DELETE => '/api/friend-lists/' . theirs(friend_list => "user_id = $_[0]{t}") };
row "end another's session", on => 'person', may => [], with => q{select session_add(t, sha256(t::text::bytea), 3600, '', '') from CASES},
    try => sub { DELETE => '/api/sessions/' . theirs(session => "user_id = $_[0]{t}") };

# What concerns nobody but the one who asks, and so has no row above.
my @alone = (
    'POST /api/register', 'POST /api/login', 'POST /api/logout', 'GET /api/me', 'PATCH /api/me', 'POST /api/me/delete',
    'POST /api/password', 'GET /api/sessions', 'DELETE /api/sessions',
    'GET /api/settings', 'PATCH /api/settings',
    'PUT /api/me/avatar', 'DELETE /api/me/avatar', 'GET /api/avatars/{id}',       # whoever was told the id: t/33-avatars.t
    'GET /api/friend-requests', 'GET /api/friend-lists', 'POST /api/friend-lists',
    'GET /api/blocks', 'GET /api/groups', 'POST /api/groups', 'GET /api/group-invitations', 'GET /api/public-groups',
    'POST /api/queues', 'GET /api/receive', 'POST /api/changes',                                       # t/39-who-may.t
    'GET /healthz', 'GET /readyz', 'GET /metrics',
);

# ---- the walk -------------------------------------------------------------------------------------------

my %permission;
for ($magpie->psql('select action, standing from magpie.permission')) {
    my ($action, $standing) = split /\|/;
    $permission{$action}{$standing} = 1;
}

my ($cells, %called, %sent, %asked, @printed) = 0;
for my $row (@rows) {
    my $allowed = ref $row->{may} ? { map { $_ => 1 } $row->{may}->@* } : $permission{ $row->{may} } // {};
    $asked{ $row->{may} } = 1 if !ref $row->{may};
    my $of    = $row->{on} eq 'group' ? \%to_group : \%to_person;
    my @cases = cases($row->{with}, @kinds);
    if ($row->{before}) { $actor{ $_->{kind} }->request($row->{before}->($_)) for @cases }
    my @before = states(@cases);
    my (@reply, %got, %want);
    for my $case (@cases) {
        my $kind = $case->{kind};
        my ($method, $path, $body, %how) = $row->{try}->($case);
        $called{ "$method " . route_of($path) } = 1;
        $sent{ "$method " . route_of($path) . ": $_" } = 1 for ref $body ? keys %$body : ();
        my $want = $kind eq 'logged-out' ? 401
            : $allowed->{ $of->{$kind} // 'stranger' } ? $row->{ok}
            : $row->{not}{$kind} // ($row->{on} eq 'group' && $inside{$kind} ? 403 : 404);
        next if $want eq 'skip';
        my $reply = $actor{$kind}->request($method, $path, $body, %how);
        push @reply, [$case, $reply, $method, $path, $body];
        $got{$kind}  = $reply->status;
        $want{$kind} = $want;
        $got{$kind} = 'plain' if $row->{plain} && $reply->status == $row->{ok} && $row->{plain}->($reply);
        if ($row->{holds} && $kind ne 'logged-out') {              # it is in the answer, or there is none
            $want{$kind} = 'not there' if $want ne '200';
            $got{$kind}  = 'not there' if $reply->status == 404 || $reply->status == 200 && !$row->{holds}->($reply, $case);
        }
        $cells++;
    }
    is_deeply \%got, \%want, "$row->{what} ($row->{on})" or diag map { "$_->[0]{kind}: $_->[2] $_->[3]: " . $_->[1]->body . "\n" } @reply;
    my @after   = states(@cases);
    my @changed = grep { ($got{ $cases[$_]{kind} } // 200) =~ /^4/ && $before[$_] ne $after[$_] } 0 .. $#cases;
    is_deeply [map { $cases[$_]{kind} } @changed], [], '  and who may not has changed nothing';
    my @betrayed;
    for (@reply) {
        my ($case, $reply, $method) = @$_;
        # A write is refused with 403, whether or not there is such a group or person.
        my $is_outside = $row->{on} eq 'person' ? $row->{may} eq 'write' : $row->{what} =~ /^write/ && !$inside{ $case->{kind} };
        next if $reply->status != 404 && !($reply->status == 403 && $is_outside);
        my (undef, $path, $body, %how) = $row->{try}->({ %$case, g => $nobody, t => $nobody, name => 'no-such-user', invitation => $nobody });
        my $nothing = $actor{ $case->{kind} }->request($method, $path, $body, %how);
        push @betrayed, $case->{kind} if $nothing->status != $reply->status || $nothing->body ne $reply->body;
    }
    is_deeply \@betrayed, [], '  nor learnt more than of what is not there';
    push @printed, [$row->{on}, $row->{what}, map { word($got{$_}, $row) } @kinds];
}
cmp_ok $cells, '>', 1000, "$cells cells";
for (grep { !m{^POST /api/(?:register|login)$|^GET /(?:healthz|readyz|metrics)$} } @alone) {
    my ($method, $path) = split;
    is $actor{'logged-out'}->request($method, $path =~ s/\{id\}/1/r)->status, 401, "$_: who is logged out is told so";
}

is_deeply [grep { !$asked{$_} } sort keys %permission], [], 'every action of the table was tried';
my $api = OpenApi->read("$root/docs/openapi.yaml");
my %known = map { $_ => 1 } @alone, keys %called;
my @routes = map { my $path = $_; map { uc($_) . " $path" } grep { /^(?:get|post|put|patch|delete)$/ } keys $api->at('paths', $path)->%* }
    keys $api->at('paths')->%*;
is_deeply [grep { !$known{$_} } sort @routes], [], 'every route is in the matrix, or concerns nobody else';
is_deeply [grep { my $r = $_; !grep { $_ eq $r } @routes } sort keys %known], [], 'and there is none that is not';
my @members = map {
    my ($method, $path) = split;
    my $body = $api->at('paths', $path, lc $method)->{requestBody};
    my $schema = $body && $api->resolve($body)->{content}{'application/json'}{schema};
    map { "$method $path: $_" } $schema ? keys $api->resolve($schema)->{properties}->%* : ();
} sort keys %called;
cmp_ok scalar @members, '>', 30, 'what these routes take';
is_deeply [grep { !$sent{$_} } sort @members], [], 'was tried, each member of a body';

# ---- the functions ask the table --------------------------------------------------------------------------

# Without its rows nobody may, who may otherwise. Those of people stand for a friendship or a block, which is looked at itself; and
# a send has a short way, which t/10-sql-group-roles.t holds against the table.
my %itself = map { $_ => 1 } qw(write read-conversation keep-friend block unblock send);
for my $row (grep { !ref $_->{may} && !$itself{ $_->{may} } } @rows) {
    my $of     = $row->{on} eq 'group' ? \%to_group : \%to_person;
    # An admin first: the invitation and the link are the owner's own.
    my ($kind) = grep { $permission{ $row->{may} }{ $of->{$_} // 'stranger' } } qw(admin owner member friend), @kinds;
    next if !defined $kind;
    my ($case) = cases($row->{with}, $kind);
    $magpie->psql("delete from magpie.permission where action = '$row->{may}'");
    $actor{$kind}->request($row->{before}->($case)) if $row->{before};
    my ($method, $path, $body, %how) = $row->{try}->($case);
    my $reply = $actor{$kind}->request($method, $path, $body, %how);
    my $done  = $reply->status == $row->{ok} && (!$row->{holds} || $row->{holds}->($reply, $case)) && !($row->{plain} && $row->{plain}->($reply));
    ok !$done, "$row->{what} ($row->{on}): not for $kind without the row $row->{may}" or diag $reply->status . ' ' . $reply->body;
    $magpie->psql('set search_path = magpie; select permissions_load()');
}

# ---- in print -------------------------------------------------------------------------------------------

# The route of a path: numbers are {id}, and {user}, {link} where openapi.yaml says so.
sub route_of {
    my ($path) = @_;
    $path =~ s/\?.*//;
    $path =~ s{^/api/conversations/(?:single|group)/}{/api/conversations/{type}/};
    $path =~ s{/(members|bans|invitations|join-requests|links)/\d+}{"/$1/{" . ($1 eq 'links' ? 'link' : 'user') . '}'}e;
    $path =~ s{/\d+}{/{id}}g;
    return $path;
}

sub word {
    my ($status, $row) = @_;
    return '' if !defined $status;
    return $status if $status eq 'plain';
    return $status eq 'not there' || $status == 404 ? '–' : $status =~ /^2/ ? 'yes' : $status == 401 ? 'login' : $status == 403 ? 'no' : $status;
}

my $page = <<'TEXT';
# Who may do what

Made by t/39-permissions.t, which tries each cell over HTTP (`MAGPIE_WRITE=1 prove t/39-permissions.t`): not to be
edited. The rules themselves are one table in SQL (`sql/functions/permissions_load.sql`), which every function asks in
the transaction that acts.

`yes`: it is done. `no`: 403, with the reason. `–`: 404, in status and body the answer that something gets which isn't
there. `login`: 401. `plain`: it is sent, as any other text. Any other number is the status, with the reason. A cell is
empty where it makes no sense. `removed` is whoever was in the group and is no longer, `muted` a member who may not write now.
TEXT
for my $on (['group', 'A group'], ['person', 'A person']) {
    $page .= "\n## $on->[1]\n\n| | " . join(' | ', @kinds) . " |\n|---" x 1 . '|---' x @kinds . "|\n";
    $page .= '| ' . join(' | ', $_->@[1 .. $#$_]) . " |\n" for grep { $_->[0] eq $on->[0] } @printed;
}
my $file = "$root/docs/permissions.md";
if ($ENV{MAGPIE_WRITE}) {
    open my $out, '>:encoding(UTF-8)', $file or die "$file: $!";
    print {$out} $page;
    close $out or die "$file: $!";
}
open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
is do { local $/; <$in> }, $page, 'docs/permissions.md says so';
done_testing;
