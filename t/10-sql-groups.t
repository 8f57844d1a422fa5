#!/usr/bin/perl
# Groups in SQL: who may add and remove whom, what each sees of it, and the last place.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($olga, $adam, $mia, $finn, $eve) = map { $pg->user($_) } qw(olga adam mia finn eve);
$pg->befriend($olga, $_) for $adam, $mia, $finn;
$pg->befriend($adam, $finn);
$pg->befriend($mia, $finn);

sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my $row = $pg->call(@call);
    is join(' ', map { $_ // '-' } @$row{qw(problem field)}), $problem, "$what: $problem";
    is $row->{outbox}, undef, '... with nothing to push';
    is $pg->fingerprint, $before, '... and nothing stored';
    return;
}

# What an outbox says: "message 2 member-added by 1 of 2 to 1,2" or "group 5 member to 2".
sub told {
    my ($outbox) = @_;
    return map {
        my $readers = join ',', @{ $_->{readers} };
        if ($_->{type} eq 'message') {
            my $notice = decode_json($_->{notice});
            "message $_->{seq} $notice->{what} by $notice->{by}{id}"
                . ($notice->{user} ? " of $notice->{user}{id}" : '') . " to $readers";
        } else {
            my $event = decode_json($_->{event});
            join ' ', $_->{type}, @{ $event->{group} }{qw(id role)}, ($event->{ended} ? 'ended' : ()), "to $readers";
        }
    } $pg->call('outbox_events', $outbox);
}

# --- making one ---

my $made = $pg->call('group_create', $olga, 'Birds', 'birds', undef, undef);
my $group = $made->{group_id};
is $made->{problem}, undef, 'a group is made';
is_deeply [told($made->{outbox})],
    ["message 1 group-created by $olga to $olga", "group $group owner to $olga"], 'its owner is told';
is_deeply [$pg->call('groups', $olga)],
    [{ id => $group, name => 'Birds', description => '', max_members => 200, role => 'owner' }],
    'with the description and the size that are usual';
refused('the same name', 'group-name-taken name', 'group_create', $mia, 'BIRDS', 'birds', 'x', 5);
my $other = $pg->call('group_create', $mia, 'Trees', 'trees', 'of the wood', 2)->{group_id};
is_deeply [$pg->call('groups', $mia)],
    [{ id => $other, name => 'Trees', description => 'of the wood', max_members => 2, role => 'owner' }], 'another one';
my ($created) = $pg->call('history', $olga, 'group', $group, undef, undef, 10);
is_deeply decode_json($created->{notice}),
    { what => 'group-created', by => { id => $olga, name => 'Olga' }, name => 'Birds' }, 'the notice of its making';
is_deeply [@$created{qw(kind msg from_id from_name client_id)}], ['notice', '', $olga, 'Olga', undef],
    'is no text of anybody\'s';

# --- adding ---

my $added = $pg->call('group_add', $olga, $group, $adam);
is $added->{problem}, undef, 'the owner adds a friend';
is_deeply [told($added->{outbox})],
    ["message 2 member-added by $olga of $adam to $olga,$adam", "group $group member to $adam"],
    'all members are told, the new one too';
my ($notice) = $pg->call('history', $adam, 'group', $group, undef, undef, 10);
is_deeply decode_json($notice->{notice}), { what => 'member-added', by => { id => $olga, name => 'Olga' },
    user => { id => $adam, name => 'Adam' } }, 'the notice names both';
is $notice->{seq}, 2, 'the new member sees from that notice on';

refused('a stranger adds', 'not-found -', 'group_add', $eve, $group, $finn);
refused('a stranger adds to no group', 'not-found -', 'group_add', $eve, 999, $finn);
refused('a member adds', 'not-allowed -', 'group_add', $adam, $group, $finn);
refused('adding a stranger', 'not-friends user_id', 'group_add', $olga, $group, $eve);
refused('adding an unknown user', 'not-friends user_id', 'group_add', $olga, $group, 999);
refused('adding oneself', 'not-friends user_id', 'group_add', $olga, $group, $olga);
refused('adding a member', 'already-member user_id', 'group_add', $olga, $group, $adam);
$pg->call('group_add', $mia, $other, $finn);
refused('adding to a full group', 'group-full -', 'group_add', $mia, $other, $olga);
refused('adding a member to a full group', 'already-member user_id', 'group_add', $mia, $other, $finn);

# Nothing makes admins yet; the functions know them.
$pg->psql("update magpie.membership set role = 'admin' where user_id = $adam");
is $pg->call('group_add', $adam, $group, $finn)->{problem}, undef, 'an admin adds a friend';
refused('an admin adds the owner\'s friend', 'not-friends user_id', 'group_add', $adam, $group, $mia);
is $pg->call('group_add', $olga, $group, $mia)->{problem}, undef, 'the owner may';

# --- seeing ---

is_deeply [map { "$_->{user_id} $_->{username} $_->{user_name} $_->{user_role}" }
    $pg->call('group_get', $finn, $group)],
    ["$olga olga Olga owner", "$adam adam Adam admin", "$finn finn Finn member", "$mia mia Mia member"],
    'a member sees the members';
is_deeply [@{ $pg->call('group_get', $finn, $group) }{qw(problem id name description max_members role)}],
    [undef, $group, 'Birds', '', 200, 'member'], 'and the group';
for my $id ($group, 999) {
    my @rows = $pg->call('group_get', $eve, $id);
    is_deeply [scalar @rows, $rows[0]{problem}, grep { defined } @{ $rows[0] }{qw(name role user_id user_name)}],
        [1, 'not-found'], "a stranger doesn't see group $id";
}
is_deeply [$pg->call('groups', $eve)], [], 'and has none';

# --- removing and leaving ---

refused('a stranger removes', 'not-found -', 'group_remove', $eve, $group, $finn);
refused('a stranger leaves', 'not-found -', 'group_remove', $eve, $group, $eve);
refused('leaving no group', 'not-found -', 'group_remove', $olga, 999, $olga);
refused('removing no member', 'not-found -', 'group_remove', $olga, $group, $eve);
refused('a member removes a member', 'not-allowed -', 'group_remove', $mia, $group, $finn);
refused('a member removes the owner', 'not-allowed -', 'group_remove', $mia, $group, $olga);
refused('an admin removes the owner', 'not-allowed -', 'group_remove', $adam, $group, $olga);
$pg->psql("update magpie.membership set role = 'admin' where user_id = $mia and conversation_id
    = (select id from magpie.conversation where group_id = $group)");
refused('an admin removes an admin', 'not-allowed -', 'group_remove', $adam, $group, $mia);
refused('the owner leaves', 'owner -', 'group_remove', $olga, $group, $olga);

my $gone = $pg->call('group_remove', $adam, $group, $finn);
is_deeply [told($gone->{outbox})],
    ["message 5 member-removed by $adam of $finn to $olga,$adam,$mia,$finn", "group $group member ended to $finn"],
    'an admin removes a member; the one who went is told, too';
my $left = $pg->call('group_remove', $adam, $group, $adam);
is_deeply [told($left->{outbox})],
    ["message 6 member-left by $adam of $adam to $olga,$adam,$mia", "group $group admin ended to $adam"],
    'an admin leaves; who was removed before is not told';
is $pg->call('group_remove', $olga, $group, $mia)->{problem}, undef, 'the owner removes an admin';
is_deeply [$pg->call('groups', $adam)], [], 'a group that was left is listed no more';
is $pg->call('group_get', $finn, $group)->{problem}, 'not-found', 'nor shown to one who was removed';
is $pg->send($finn, 'group', $group, 'let me in')->{problem}, 'not-a-member', 'who can send nothing';
refused('leaving twice', 'not-found -', 'group_remove', $adam, $group, $adam);
refused('removing twice', 'not-found -', 'group_remove', $olga, $group, $finn);
refused('one who left adds', 'not-found -', 'group_add', $adam, $group, $finn);

# --- coming back ---

$pg->send($olga, 'group', $group, 'while they are away');
my $back = $pg->call('group_add', $olga, $group, $adam);
is_deeply [told($back->{outbox})],
    ["message 9 member-added by $olga of $adam to $olga,$adam", "group $group member to $adam"], 'one comes back, as a plain member';
is_deeply [map { $_->{seq} } $pg->call('history', $adam, 'group', $group, undef, undef, 50)],
    [2 .. 6, 9], 'and sees both times, and nothing between';
$pg->call('group_remove', $olga, $group, $adam);
$pg->call('group_add', $olga, $group, $adam);
is_deeply [map { $_->{seq} } $pg->call('history', $adam, 'group', $group, undef, undef, 50)],
    [2 .. 6, 9 .. 11], 'a third time';
is_deeply [map { $_->{first_seq} . '-' . $_->{last_seq} } $pg->rows(
    "select * from magpie.spans_of($adam, (select id from magpie.conversation where group_id = $group)) order by 1")],
    ['2-6', '9-10', '11-9223372036854775807'], 'the spans';

# --- at once ---

my @crowd = map { $pg->user("crowd$_") } 1 .. 50;
$pg->befriend($olga, $_) for @crowd;
my $small = $pg->call('group_create', $olga, 'Small', 'small', '', 12)->{group_id};
$pg->call('group_add', $olga, $small, $_) for @crowd[0 .. 9];
my @adds = map { $_->[0] } $pg->at_once(map { ['group_add', $olga, $small, $_] } @crowd[10 .. 49]);
is scalar(grep { !defined $_->{problem} } @adds), 1, 'of 40 added at once for the last place, one gets it';
is scalar(grep { ($_->{problem} // '') eq 'group-full' } @adds), 39, 'the others: group-full';
is scalar(my @members = $pg->call('group_get', $olga, $small)), 12, 'the group is full and no more';
is_deeply [map { $_->{seq} } $pg->call('history', $olga, 'group', $small, undef, undef, 50)], [1 .. 12],
    'its numbers have no hole';

my $name = 0;
for my $round (1 .. 3) {
    my @made = map { $_->[0] } $pg->at_once(map { ['group_create', $_, 'One', "one$round", '', 5] } @crowd[0 .. 9]);
    is scalar(grep { !defined $_->{problem} } @made), 1, "round $round: of 10 groups of one name, one is made";
}
my ($victim) = grep { $_ != $olga } map { $_->{user_id} } @members;
my @mixed = map { $_->[0] } $pg->at_once(
    (map { ['group_remove', $olga, $small, $victim] } 1 .. 4), (map { ['group_remove', $victim, $small, $victim] } 1 .. 4));
is scalar(grep { !defined $_->{problem} } @mixed), 1, 'leaving and being removed at once: once';

# Sending, leaving, marking, befriending all at once: nobody waits in a circle.
$pg->call('group_add', $olga, $small, $victim);
my $peer = $crowd[1];
$pg->befriend($victim, $peer);
my @all = $pg->at_once(map { (
    [MagpiePg::sending([$olga, 'group', $small, 'a'], [$victim, 'single', $peer, 'b'])],
    ['group_remove', $olga, $small, $victim], ['group_add', $olga, $small, $victim],
    ['read_mark', $victim, 'group', $small, 100], ['friend_remove', $victim, $peer],
    ['friend_request_ask', $peer, $pg->call('me', $victim)->{username}, '', undef] ) } 1 .. 4);
is scalar @all, 24, 'all came back';
my $conversation = "(select id from magpie.conversation where group_id = $small)";
is $pg->value("select count(*) = max(seq) and max(seq) = (select rev from magpie.conversation where id = $conversation)
    from magpie.message where conversation_id = $conversation"), 1, 'the numbers still have no hole';
is $pg->value("select count(*) from magpie.outbox o join magpie.membership m on m.conversation_id = o.conversation_id
    where o.conversation_id = $conversation and m.left_rev < m.joined_rev"), 0, 'no span is turned round';

$pg->log_ok;
done_testing;
