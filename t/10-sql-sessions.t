#!/usr/bin/perl
# Sessions in SQL: their list, ending one or all others, a new password, and the end of an account:
# what goes, what stays, who is told, and that whatever happens at the same time fits.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
sub hash_of { return MagpiePg::hash_of($_[0]) }
sub hex_of  { return substr hash_of($_[0]), 2 }

sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my $row = $pg->call(@call);
    is join(' ', map { $_ // '-' } @$row{qw(problem field)}), $problem, "$what: $problem";
    is_deeply [@$row{qw(outbox ended)}], [undef, undef], '... with nothing to push';
    is $pg->fingerprint, $before, '... and nothing stored';
    return;
}

# What an outbox says, a line each: "recall 4 of 3 to 1,2", "friend 2 ended to 1", ...
sub told {
    my ($outbox) = @_;
    return map {
        my $event = decode_json($_->{event} // '{}');
        my $what = $_->{type} eq 'recall' ? "$_->{contact_type} $event->{message}{contact_id}: $event->{message}{rev} for $event->{message}{seq}"
            : $_->{type} eq 'message' ? decode_json($_->{notice})->{what} . " $_->{seq}"
            : $_->{type} eq 'friend'  ? "$event->{friend}{id}" . ($event->{ended} ? ' ended' : '')
            : $_->{type} eq 'friend-request' ? "$event->{request}{direction} $event->{request}{state}"
            : $_->{type} eq 'group'   ? "$event->{group}{id} $event->{group}{role}"
            :                           $_->{session_id};
        "$_->{type} $what to " . join ',', @{ $_->{readers} };
    } $pg->call('outbox_events', $outbox);
}

# --- the list ---

my $alex = $pg->call('account_register', 'alex', 'Alex', 'hash 1', hash_of('a1'), 3600, 'Firefox', undef, '192.0.2.1');
my ($me, $first) = @$alex{qw(user_id session_id)};
my $kim    = $pg->user('kim');
my $second = $pg->call('session_open', $me, hash_of('a2'), 3600, 'Chromium', undef, '2001:db8::7', 'hash 1')->{session_id};
my $third  = $pg->call('session_open', $me, hash_of('a3'), 3600, '', undef)->{session_id};
my @list   = $pg->call('sessions', $me, $second);
is_deeply [map { [@$_{qw(id device address current)}] } @list],
    [[$first, 'Firefox', '192.0.2.1', 0], [$second, 'Chromium', '2001:db8::7', 1], [$third, '', '', 0]],
    'my sessions, each with its device and its address, and which one asks';
like $_, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'with times' for @{ $list[0] }{qw(created_at last_used_at)};
is_deeply [map { $_->{device} } $pg->call('sessions', $kim, 0)], ['test'], 'another sees their own';

$pg->psql("update magpie.session set last_used_at = now() - interval '50 minutes' where id = $first");
$pg->call('session_find', hash_of('a1'), '198.51.100.9');
is +($pg->call('sessions', $me, $first))[0]{address}, '192.0.2.1', 'within the hour an address is not written';
$pg->psql("update magpie.session set last_used_at = now() - interval '61 minutes' where id = $first");
is_deeply [$pg->call('session_find', hash_of('a1'), '198.51.100.9')], [{ user_id => $me, session_id => $first }], 'an old use';
is +($pg->call('sessions', $me, $first))[0]{address}, '198.51.100.9', 'after it, the address is that of the last use';
$pg->psql("update magpie.session set last_used_at = now() - interval '61 minutes' where id = $first");
$pg->call('session_find', hash_of('a1'));
is +($pg->call('sessions', $me, $first))[0]{address}, '198.51.100.9', 'an old worker, which has none, leaves it';
$pg->psql("update magpie.session set last_used_at = now() - interval '61 minutes' where id = $first");
$pg->call('session_find', hash_of('a1'), 'x' x 100);
is +($pg->call('sessions', $me, $first))[0]{address}, 'x' x 64, 'a long one is cut';
$pg->psql("update magpie.session set expires_at = now() where id = $third");
is_deeply [map { $_->{id} } $pg->call('sessions', $me, $first)], [$first, $second], 'what has expired is not shown';

# --- ending ---

refused('an unknown session', 'not-found -', 'sessions_end', $me, $first, 999);
refused("another's session", 'not-found -', 'sessions_end', $kim, 1, $first);
my $one = $pg->call('sessions_end', $me, $first, $second);
is_deeply [$one->{problem}, $one->{ended}, told($one->{outbox})], [undef, hex_of('a2'), "session-end $second to $me"],
    'one is ended, every worker told, and its hash is for the caches';
is_deeply [$pg->call('session_find', hash_of('a2'))], [], 'it is gone';
refused('one that was ended', 'not-found -', 'sessions_end', $me, $first, $second);
my @more = map { $pg->call('session_open', $me, hash_of("more $_"), 3600, '', undef)->{session_id} } 1 .. 3;
my $others = $pg->call('sessions_end', $me, $more[1], undef);
is_deeply [map { $_->{id} } $pg->call('sessions', $me, $more[1])], [$more[1]], 'all others are ended, this one stays';
is_deeply [sort split / /, $others->{ended}], [sort map { hex_of($_) } 'a1', 'more 1', 'more 3'], 'with their hashes';
is_deeply [told($others->{outbox})], [map { "session-end $_ to $me" } $first, @more[0, 2]], 'and their ends told';
is_deeply [@{ $pg->call('sessions_end', $me, $more[1], undef) }{qw(problem outbox ended)}], [undef, [], ''], 'no others: no error';
is scalar(my @kims = $pg->call('sessions', $kim, 0)), 1, 'nobody else has lost one';

# --- the password ---

is_deeply [$pg->call('password_of', $me)], ['hash 1'], 'my password, to compare with';
is_deeply [$pg->call('password_of', 999)], [], 'nobody has none';
refused('with a wrong old one', 'bad-password old', 'password_change', $me, $more[1], 'hash 0', 'hash 2');
my $phone = $pg->call('session_open', $me, hash_of('phone'), 3600, '', undef, '', 'hash 1')->{session_id};
my $change = $pg->call('password_change', $me, $more[1], 'hash 1', 'hash 2');
is_deeply [$change->{problem}, $change->{ended}, told($change->{outbox})], [undef, hex_of('phone'), "session-end $phone to $me"],
    'a new password ends the other sessions';
is $pg->call('session_alive', $more[1]), 1, 'but not the one that asks';
is $pg->call('account_password', 'alex')->{password_hash}, 'hash 2', 'and a login compares with it';
refused('the one before', 'bad-password old', 'password_change', $me, $more[1], 'hash 1', 'hash 3');
my $before = $pg->fingerprint;
is $pg->call('session_open', $me, hash_of('late'), 3600, '', hash_of('more 2'), '', 'hash 1')->{problem}, 'bad-credentials',
    'a login that compared with the old one is too late';
is $pg->fingerprint, $before, 'and ends no session either';

for my $round (1 .. 5) {
    my $at = 1 + $round;
    my @got = $pg->at_once((map { ['session_open', $me, hash_of("race $round $_"), 3600, '', undef, '', "hash $at"] } 1 .. 6),
        ['password_change', $me, $more[1], "hash $at", 'hash ' . ($at + 1)]);
    is $got[-1][0]{problem}, undef, "round $round: a new password while others log in with the old";
    is_deeply [map { $_->{id} } $pg->call('sessions', $me, $more[1])], [$more[1]], 'leaves none of their sessions';
}

# --- the end of an account: what I wrote stays ---

my ($olga, $adam, $mia, $finn) = map { $pg->user($_) } qw(olga adam mia finn);
my $birds = $pg->group('Birds', $olga, $mia, $adam, $finn);
my $trees = $pg->group('Trees', $olga, $finn, $mia);
my $alone = $pg->group('Alone', $olga);
my $hers  = $pg->group('Hers', $mia, $olga);
my ($c_birds, $c_trees) = map { $pg->value("select id from conversation where group_id = $_") } $birds, $trees;
$pg->psql("update magpie.membership set role = 'admin' where conversation_id = $c_birds and user_id in ($adam, $finn)");
$pg->send($olga, 'group', $birds, 'for all');
$pg->send($olga, 'single', $mia, 'for one');
my $asked = $pg->call('friend_request_create', $olga, 'kim', 'hello')->{request_id};
my $asks  = $pg->call('friend_request_create', $me, 'olga', '')->{request_id};

refused('with a wrong password', 'bad-password password', 'account_delete', $olga, 'wrong', 1);
my $end = $pg->call('account_delete', $olga, 'hash', 1);
is_deeply [$end->{problem}, $end->{ended}], [undef, hex_of('token of olga')], 'an account is deleted';
is_deeply [told($end->{outbox})], [
    "message owner-passed 6 to $olga,$adam,$mia,$finn", "message member-left 7 to $olga,$adam,$mia,$finn",
    "message owner-passed 4 to $olga,$mia,$finn", "message member-left 5 to $olga,$mia,$finn",
    "message member-left 2 to $olga", "message member-left 3 to $olga,$mia",
    "group $birds owner to $adam", "group $trees owner to $finn",
    "friend-request outgoing rejected to $olga", "friend-request incoming rejected to $kim",
    "friend-request outgoing rejected to $me", "friend-request incoming rejected to $olga",
    (map { "friend $olga ended to $_" } $mia, $adam, $finn),
    'session-end ' . $pg->value("select session_id from outbox where type = 'session-end' and user_id = $olga") . " to $olga",
], 'and everybody is told what concerns them';
is_deeply [map { "$_->{user_id} $_->{user_role}" } $pg->call('group_get', $adam, $birds)],
    ["$adam owner", "$finn admin", "$mia member"], 'a group goes to the oldest admin';
is_deeply [map { "$_->{user_id} $_->{user_role}" } $pg->call('group_get', $finn, $trees)],
    ["$finn owner", "$mia member"], 'or, without one, to the oldest member';
is $pg->value("select count(*) from membership m join conversation c on c.id = m.conversation_id
    where c.group_id = $alone and m.left_rev is null"), 0, 'one without anybody else is left';
is $pg->call('group_get', $mia, $hers)->{role}, 'owner', "another's group stays that";

my @seen = $pg->call('history', $mia, 'group', $birds, undef, undef, 50);
is_deeply [map { "$_->{kind} $_->{msg}$_->{from_name}" } grep { $_->{kind} eq 'text' } @seen], ['text for all'], 'what was written stays, without a name';
my @notices = map { decode_json($_->{notice}) } grep { defined $_->{notice} } @seen;
is_deeply [map { join ' ', $_->{what}, "'$_->{by}{name}'", $_->{user} ? "'$_->{user}{name}'" : () } @notices],
    ["member-added '' 'Mia'", "member-added '' 'Adam'", "member-added '' 'Finn'", "owner-passed '' 'Adam'", "member-left '' ''"],
    'nor is there one in the notices, of before or now';
my ($contact) = grep { $_->{what} eq 'contact' && $_->{contact_type} eq 'single' && $_->{contact_id} == $olga }
    $pg->call('resync', $mia, [], [], []);
is_deeply [@$contact{qw(name ended m_msg)}], ['', 1, 'for one'], 'the conversation of two stays as one that ended';
is_deeply [map { $pg->call('friends', $_) } $adam, $finn], [], 'nobody is a friend any longer';
is_deeply [map { $pg->call('friend_requests', $_) } $kim, $me], [], 'no request is open';
is $pg->send($mia, 'single', $olga, 'are you there?')->{problem}, 'not-friends', 'nobody can write there';

is_deeply [$pg->call('me', $olga)], [], 'there is no such user';
is_deeply [$pg->call('resync', $olga, [], [], [])], [], 'to whom there is nothing to say';
is_deeply [$pg->call('account_password', 'olga')], [], 'a login finds nobody';
is_deeply [$pg->call('password_of', $olga)], [], 'nor a password';
is $pg->call('session_open', $olga, hash_of('o2'), 3600, '', undef)->{problem}, 'bad-credentials', 'nobody logs in who compared before';
is $pg->value("select count(*) from session where user_id = $olga"), 0, 'no session is left';
refused('deleting twice', 'bad-password password', 'account_delete', $olga, 'hash', 1);
refused('a new password', 'bad-password old', 'password_change', $olga, 1, 'hash', 'x');
for my $call (['friend_request_create', $olga, 'kim', ''], ['friend_request_create', $kim, 'olga', ''],
    ['group_create', $olga, 'Ghosts', 'ghosts', '', 5], ['group_add', $adam, $birds, $olga]) {
    $before = $pg->fingerprint;
    like $pg->call(@$call)->{problem}, qr/^not-f(?:ound|riends)$/, "nobody: $call->[0]";
    is $pg->fingerprint, $before, '... and nothing is stored';
}

# --- the user name ---

sub register { return $pg->call('account_register', 'olga', 'Other', 'hash', hash_of($_[0]), 3600, '', undef) }
$before = $pg->fingerprint;
is_deeply [@{ register('o3') }{qw(problem field user_id)}], ['username-taken', 'username', undef], 'the user name is kept';
is $pg->fingerprint, $before, 'and nothing stored of who wanted it';
$pg->psql(q{update magpie.kept_username set free_at = free_at - interval '29 days 23 hours'});
is register('o3')->{problem}, 'username-taken', 'for 30 days all but an hour';
$pg->psql(q{update magpie.kept_username set free_at = free_at - interval '2 hours'});
my $other = register('o3');
is $other->{problem}, undef, 'after 30 days it is free';
isnt $other->{user_id}, $olga, 'for somebody else';
is $pg->value('select count(*) from kept_username'), 0, 'and the note of it is gone';
is_deeply [map { "$_->{kind} $_->{msg}$_->{from_name}" } grep { $_->{kind} eq 'text' } $pg->call('history', $mia, 'group', $birds, undef, undef, 50)],
    ['text for all'], 'who is not the one that wrote';

# --- the end of an account: what I wrote goes ---

my ($tom, $una, $vic) = map { $pg->user($_) } qw(tom una vic);
my $lake = $pg->group('Lake', $una, $tom);
my $c_lake = $pg->value("select id from conversation where group_id = $lake");
my $c_pair = $pg->value("select id from conversation where low_id = $tom and high_id = $una");
$pg->send($tom, 'group', $lake, "tom $_") for 1 .. 3;
$pg->send($una, 'group', $lake, 'una');
my $key = MagpiePg::uuid();
$pg->send($tom, 'single', $una, 'tom alone', $key);
$pg->befriend($una, $vic);
$pg->call('group_add', $una, $lake, $vic);
my ($unread) = map { $_->{unread} } grep { ($_->{contact_type} // '') eq 'group' && $_->{contact_id} == $lake } $pg->call('resync', $una, [], [], []);
is $unread, 3, 'three are unread';
my ($r_lake, $r_pair) = map { $pg->value("select rev from conversation where id = $_") } $c_lake, $c_pair;
$end = $pg->call('account_delete', $tom, 'hash', 0);
is $end->{problem}, undef, 'an account is deleted, and what it wrote';
is_deeply [grep { /^recall/ } told($end->{outbox})],
    ["recall group $lake: " . ($r_lake + 3) . " for 5 to $una", "recall single $tom: " . ($r_pair + 1) . " for 1 to $una"],
    'one event for each conversation, to who is in it and sees that entry, with the last number';
is_deeply [map { "$_->{seq} $_->{rev} $_->{kind} $_->{msg}" } $pg->call('history', $una, 'group', $lake, undef, $r_lake, 50)],
    [(map { ($_ + 2) . ' ' . ($r_lake + $_) . ' recalled ' } 1 .. 3), ($r_lake + 4) . ' ' . ($r_lake + 4) . ' notice '],
    'each entry stays, emptied, with a number of its own';
is_deeply [map { "$_->{seq} $_->{kind} $_->{msg}" } $pg->call('history', $una, 'single', $tom, undef, undef, 50)], ['1 recalled '], 'also between two';
is_deeply [map { "$_->{m_seq} $_->{m_kind}" } grep { $_->{what} eq 'message' } $pg->call('resync', $una, ['group'], [$lake], [$r_lake])],
    ['3 recalled', '4 recalled', '5 recalled', ($r_lake + 4) . ' notice'], 'a resync tells them';
($unread) = map { $_->{unread} } grep { ($_->{contact_type} // '') eq 'group' && $_->{contact_id} == $lake } $pg->call('resync', $una, [], [], []);
is $unread, 0, 'none is unread any longer';
is $pg->value(qq{select count(*) from message where from_id = $tom and msg <> ''}), 0, 'no text is left';
is $pg->value("select count(*) from message_key where sender = $tom"), 0, 'nor a hash of one';
is $pg->value("select msg from message where conversation_id = $c_lake and seq = 6"), 'una', "others' texts stay";
is $pg->value("select count(*) from (select conversation_id from message group by conversation_id
    having max(rev) <> (select c.rev from conversation c where c.id = conversation_id)) x"), 0, 'each counter is the newest number';

# What one announced goes as well: from the top, and where it stands among the messages.
my ($ora, $pim) = map { $pg->user($_) } qw(ora pim);
my ($cove, $ruin) = map { $pg->group($_, $pim, $ora) } qw(Cove Ruin);
$pg->psql("update magpie.membership set role = 'admin' where user_id = $ora and role is not null");
$pg->call('group_announce', @$_) for [$pim, $cove, 'from Pim'], [$ora, $cove, 'from Ora'], [$ora, $cove, 'from Ora again'], [$ora, $ruin, 'from Ora, too'];
$pg->call('group_dissolve', $pim, $ruin);
$end = $pg->call('account_delete', $ora, 'hash', 0);
is_deeply [map { /^((?:message|recall) \S+)/ } told($end->{outbox})], ['message announcement-removed', 'recall group', 'recall group', 'message member-left'],
    'who goes with all messages takes an announcement away, and is told of its entries';
is decode_json($pg->call('group_look', $pim, $cove)->{shape})->{announcement}, undef, '... from the top';
is_deeply [map { $_->{kind} eq 'notice' ? decode_json($_->{notice})->{text} // () : "$_->{kind} $_->{msg}" } $pg->call('history', $pim, 'group', $cove, undef, undef, 50)],
    ['from Pim', 'recalled ', 'recalled '], '... and among the messages, but no other';
is $pg->value(q{select count(*) from magpie.message where notice::text like '%from Ora%'})
    + $pg->value(q{select count(*) from magpie.chat_group where announcement like '%from Ora%'}), 0, 'nothing of it is left';

# Whoever left before the recall learns no number from after it, however the pages are cut.
my ($wim, $xia) = map { $pg->user($_) } qw(wim xia);
my $pond = $pg->group('Pond', $wim, $xia);
$pg->send($wim, 'group', $pond, "wim $_") for 1 .. 5;
$pg->call('group_remove', $xia, $pond, $xia);
my $left = $pg->value("select left_rev from membership m join conversation c on c.id = m.conversation_id where c.group_id = $pond and m.user_id = $xia");
$pg->call('account_delete', $wim, 'hash', 0);
for my $max (1 .. 8) {
    cmp_ok $_->{complete_rev}, '<=', $left, "a page of $max ends where one left" for ($pg->call('history', $xia, 'group', $pond, undef, $left - 1, $max))[0];
}
is_deeply [map { $_->{kind} } $pg->call('history', $xia, 'group', $pond, undef, undef, 50)], ['notice', ('recalled') x 5, 'notice'],
    'but what was recalled is gone for them, too';

# --- what comes while an account is being deleted waits, and then finds none ---

# Begins the deletion, then the call, which waits; then lets the deletion end. Returns the call's row.
sub meanwhile {
    my ($user, @call) = @_;
    my ($deleting, $waiting) = map { $pg->session } 1 .. 2;
    $deleting->do('begin');
    is $deleting->call('account_delete', $user, 'hash', 1)->{problem}, undef, "deleting $user";
    $waiting->begin(MagpiePg::Session::call_query(@call));
    $pg->wait_until('select count(*) = 1 from pg_locks where not granted');
    $deleting->do('commit');
    return +($waiting->result)[0];
}
my ($host, @guests) = map { $pg->user($_) } 'host', map { "guest$_" } 1 .. 6;
my $table = $pg->group('Table', $host, @guests[0, 1]);
$pg->befriend($host, $guests[2]);
my $c_table = $pg->value("select id from conversation where group_id = $table");
$pg->call('group_remove', $host, $table, $guests[0]);
for my $guest (@guests[0, 2]) {
    my $added = meanwhile($guest, 'group_add', $host, $table, $guest);
    is_deeply [map { /^message (\S+)/ } told($added->{outbox})], ['member-added', 'member-left'],
        'one who is just being added' . ($guest == $guests[0] ? ' once more' : '') . ' leaves at once';
    is $pg->value("select count(*) from membership where conversation_id = $c_table and user_id = $guest and left_rev is null"), 0, '... and is out';
}
is meanwhile($guests[3], 'friend_request_create', $host, 'guest4', '')->{problem}, 'not-found', 'one who is just being asked';
is meanwhile($guests[4], 'group_create', $guests[4], 'Late', 'late', '', 5)->{problem}, 'not-found', 'one who is just making a group';
is meanwhile($guests[5], 'account_register', 'guest6', 'New', 'hash', hash_of('g6'), 3600, '', undef)->{problem}, 'username-taken',
    'one whose name is just being taken';
is meanwhile($guests[1], 'session_open', $guests[1], hash_of('g1'), 3600, '', undef, '', 'hash')->{problem}, 'bad-credentials',
    'one who is just logging in';

# A friend who came after the people were counted, and before they were locked.
my ($slow, $quick) = map { $pg->user($_) } qw(slow quick);
my ($holding, $deleting) = map { $pg->session } 1 .. 2;
my $request = $pg->call('friend_request_create', $quick, 'slow', '')->{request_id};
$pg->call('friend_request_answer', $slow, $request, 0);
$holding->do('begin');
$request = $holding->call('friend_request_create', $quick, 'slow', '')->{request_id};
$deleting->begin(MagpiePg::Session::call_query('account_delete', $slow, 'hash', 1));
$pg->wait_until('select count(*) = 1 from pg_locks where not granted');
$holding->do('commit');
is +($deleting->result)[0]{problem}, 'busy', 'one who was just being asked: to be tried again';
is $pg->call('me', $slow)->{username}, 'slow', '... and nothing was deleted';
is $pg->call('account_delete', $slow, 'hash', 1)->{problem}, undef, 'which then works';

# --- at once ---

my @crowd = map { $pg->user("crowd$_") } 1 .. 12;
my $pool  = $pg->group('Pool', @crowd[0 .. 5]);
my $reef  = $pg->group('Reef', @crowd[5, 4, 3, 6]);
$pg->befriend($crowd[1], $crowd[$_]) for 2 .. 8;
for my $from (@crowd[0 .. 5]) {
    $pg->send($from, 'group', $pool, "text $_") for 1 .. 5;
}
$pg->call('friend_remove', @crowd[0, 1]);
is_deeply [map { $_->{user_id} } $pg->rows("select * from account_people($crowd[0])")], [@crowd[0 .. 5]],
    'whose account is touched: friends, and the heir of a group, who is none';
my @all = $pg->at_once(
    (map { ['account_delete', $crowd[$_], 'hash', $_ % 2] } 0, 1, 2, 3, 5),
    (map { ['group_add', $crowd[0], $pool, $crowd[$_]] } 1 .. 5), (map { ['group_remove', $crowd[0], $pool, $crowd[$_]] } 3, 4),
    (map { ['friend_request_create', $crowd[$_], 'crowd2', ''] } 8 .. 11), (map { ['friend_remove', $crowd[1], $crowd[$_]] } 2 .. 4),
    (map { ['group_create', $crowd[2], "New $_", "new $_", '', 5] } 1 .. 3), (map { ['read_mark', $crowd[$_], 'group', $pool, 100] } 1 .. 5),
    (map { [MagpiePg::sending([$crowd[$_], 'group', $pool, 'late'])] } 1 .. 5),
    (map { ['session_open', $crowd[2], hash_of("crowd $_"), 3600, '', undef, '', 'hash'] } 1 .. 3),
    (map { ['account_register', 'crowd3', 'Taker', 'hash', hash_of("taker $_"), 3600, '', undef] } 1 .. 3));
is scalar(@all), 38, 'all came back';
is_deeply [grep { !/^(?:-|busy)$/ } map { $_->[0]{problem} // '-' } @all[0 .. 4]], [], 'each deletion is done, or to be tried again';
for my $n (0, 1, 2, 3, 5) {
    for (1 .. 20) { last if ($pg->call('account_delete', $crowd[$n], 'hash', $n % 2)->{problem} // '') ne 'busy' }
}
sub none { my ($what, $query) = @_; return is $pg->value("select count(*) from ($query) x"), 0, $what }
my $gone = join ',', @crowd[0 .. 3, 5];
is $pg->value("select count(*) from account where id in ($gone) and deleted_at is not null"), 5, 'all are deleted';
none 'none is a member', "select from membership m join conversation c on c.id = m.conversation_id and c.kind = 'group'
    where m.left_rev is null and m.user_id in ($gone)";
none 'nor a friend', "select from friendship where user_id in ($gone) or friend_id in ($gone)";
none 'nor asked', "select from friend_request where state = 'open' and (from_id in ($gone) or to_id in ($gone))";
none 'nor logged in', "select from session where user_id in ($gone)";
none 'no group has members but no owner', "select from membership m join conversation c on c.id = m.conversation_id and c.kind = 'group'
    where m.left_rev is null group by c.id having count(*) filter (where m.role = 'owner') <> 1";
none 'of those whose texts go, none is left', "select from message where msg <> '' and from_id in ($crowd[0], $crowd[2])";
none 'no number is missing or doubled', "select from conversation c join message m on m.conversation_id = c.id
    group by c.id having max(m.rev) <> c.rev or count(distinct m.rev) <> count(*)";
none 'no kept name was taken', "select from kept_username k join account a using (username)";

# --- a schema of before ---

my %old = (db => 'old', env => {});
$pg->psql('create database old', db => 'postgres');
$pg->migrate(%old, env => { MAGPIE_MIGRATE_TO => 4 });
$pg->psql("set search_path = magpie; insert into account (username, name, password_hash) values ('alex', 'Alex', 'h'), ('kim', 'Kim', 'h');
    insert into conversation (kind, low_id, high_id, rev) values ('single', 1, 2, 1);
    insert into membership (conversation_id, user_id, role, joined_rev) values (1, 1, 'member', 0), (1, 2, 'member', 0);
    insert into message (conversation_id, seq, rev, kind, from_id, msg, client_id) values (1, 1, 1, 'text', 1, 'old', gen_random_uuid());
    insert into message_key select from_id, client_id, 1, 1, '' from message;
    insert into session (user_id, token_hash, expires_at) values (1, '" . hash_of('old') . "', now() + interval '1 day')", %old);
my ($status, $out) = $pg->migrate(%old);
is $status, 0, 'a schema with people and messages goes on' or diag $out;
is $pg->psql("select address from magpie.sessions(1, 1)", %old), '', 'a session of before has no address';
is $pg->psql("select coalesce(problem, 'done') from magpie.account_delete(1, 'h', false)", %old), 'done', 'an account of before is deleted';
is $pg->psql('select kind, msg, rev from magpie.message', %old), 'recalled||2', 'with its message';

# And one in which somebody has announced.
my %heard = (db => 'heard', env => {});
$pg->psql('create database heard', db => 'postgres');
$pg->migrate(%heard, env => { MAGPIE_MIGRATE_TO => 11 });
$pg->psql("set search_path = magpie; insert into account (username, name, password_hash) values ('alex', 'Alex', 'h'), ('kim', 'Kim', 'h');
    insert into chat_group (name, name_key) values ('Old', 'old');
    insert into conversation (kind, group_id, rev) select 'group', id, 2 from chat_group;
    insert into membership (conversation_id, user_id, role, joined_rev) values (1, 1, 'owner', 0), (1, 2, 'member', 0);
    insert into message (conversation_id, seq, rev, kind, from_id, msg, notice) values
        (1, 1, 1, 'notice', 1, '', '{\"what\": \"group-created\"}'), (1, 2, 2, 'notice', 1, '', '{\"what\": \"announcement\", \"text\": \"old\"}')", %heard);
($status, $out) = $pg->migrate(%heard);
is $status, 0, 'a schema with an announcement goes on' or diag $out;
is $pg->psql("select coalesce(problem, 'done') from magpie.account_delete(1, 'h', false)", %heard), 'done', 'an account of before is deleted';
is $pg->psql('select kind from magpie.message where seq <= 2 order by seq', %heard), "notice\nrecalled", 'with what it announced, and no other notice';

$pg->log_ok;                                    # a deadlock would be here
done_testing;
