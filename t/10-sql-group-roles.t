#!/usr/bin/perl
# Who may what in a group: the one table of permissions, standings, and what the functions make of them.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
$pg->psql(q{alter role magpie_worker in database magpie set lock_timeout = '20s'});     # many at once, on a busy machine
my ($olga, $adam, $mia, $finn, $eve) = map { $pg->user($_) } qw(olga adam mia finn eve);
my $group = $pg->group('Birds', $olga, $adam, $mia, $finn);
my $conversation = $pg->value("select id from magpie.conversation where group_id = $group");
$pg->psql("update magpie.membership set role = 'admin' where user_id = $adam");

sub standing { my ($user, $in) = @_; return $pg->value("select standing from magpie.standing_in($user, " . ($in // $group) . ')') }
sub with     { my ($me, $other) = @_; return $pg->value("magpie.standing_with($me, $other)") }

# --- the table, and standings ---

# Each action, and who may do it. A new one is to be written down here as well.
my %may = map { my ($action, @standings) = split; ($action => join ' ', sort @standings) } grep { /\S/ } split /\n/, <<'END';
    see-group          owner admin member muted
    send               owner admin member
    send-unslowed      owner admin
    mention-all        owner admin
    change-group       owner admin
    change-avatar      owner admin
    announce           owner admin
    dissolve           owner
    leave              admin member muted
    pass-ownership     owner
    set-role           owner
    nickname-self      owner admin member muted
    remove-member      owner admin
    remove-admin       owner
    mute-member        owner admin
    mute-admin         owner
    nickname-member    owner admin
    nickname-admin     owner
    see-public         stranger removed invited
    see-private        invited
    add                owner admin
    invite             owner admin
    invite-as-member   owner admin member muted
    manage-invitations owner admin
    answer-requests    owner admin
    join-public        stranger removed invited
    use-link           stranger removed invited owner admin member muted
    ban                owner admin
    ban-member         owner admin
    ban-admin          owner
    add-to-group       friend
    write              friend
    read-conversation  friend ex-friend blocked blocker
    find               stranger friend ex-friend blocker
    ask                stranger ex-friend
    keep-friend        friend
    block              stranger friend ex-friend blocked blocker
    unblock            blocker
END
is_deeply { map { @$_{qw(action standings)} } $pg->rows(
    q{select action, string_agg(standing, ' ' order by standing collate "C") as standings from permission group by 1}) },
    \%may, 'the table says who may do what';
is $pg->value(q{magpie.may('dissolve', 'owner') and not magpie.may('dissolve', 'admin') and not magpie.may('remove-owner', 'owner')
    and not magpie.may('dissolve', null)}), 1, 'and may() asks it';
$pg->psql(q{insert into magpie.permission values ('dissolve', 'stranger'); delete from magpie.permission where action = 'send'});
$pg->migrate;
is $pg->value(q{magpie.may('send', 'member') and not magpie.may('dissolve', 'stranger')}), 1, 'each run of sql/migrate writes it anew';

is_deeply [map { standing($_) } $olga, $adam, $mia, $eve, 999], [qw(owner admin member stranger stranger)], 'standings in a group';
is standing($olga, 999), undef, 'none where there is no group';
$pg->call('group_remove', $finn, $group, $finn);
is standing($finn), 'removed', 'one who left';
is_deeply [map { with($olga, $_) } $olga, $adam, $eve, 999], [qw(self friend stranger stranger)], 'standings between people';
$pg->call('friend_remove', $olga, $finn);
is with($finn, $olga), 'ex-friend', 'one who was a friend';
$pg->call('block_add', $olga, $finn);
is_deeply [with($finn, $olga), with($olga, $finn)], [qw(blocked blocker)], 'one who is blocked, and who blocks';
$pg->call('block_add', $finn, $olga);
is with($olga, $finn), 'blocked', 'both: blocked';

# --- helpers for the changes ---

sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my $row = $pg->call(@call);
    is join(' ', map { $_ // '-' } @$row{qw(problem field)}), $problem, "$what: $problem";
    is $row->{outbox}, undef, '... with nothing to push';
    is $pg->fingerprint, $before, '... and nothing stored';
    return;
}

# What an outbox says: "member-muted 2 by 3 to 1,2,3" with the notice's further members, or "group 3 admin" of an event.
sub told {
    my ($outbox) = @_;
    return map {
        my $readers = join ',', sort { $a <=> $b } @{ $_->{readers} };
        if ($_->{type} eq 'message') {
            my %notice = %{ decode_json($_->{notice}) };
            my ($what, $by, $user) = delete @notice{qw(what by user)};
            join ' ', $what, "by $by->{id}", ($user ? "of $user->{id}" : ()),
                (map { "$_ " . JSON::PP->new->canonical->allow_nonref->encode($notice{$_}) } sort keys %notice), "to $readers";
        } else {
            my $event = decode_json($_->{event});
            join ' ', 'group', $event->{group}{role}, ($event->{ended} ? 'ended' : ()), "to $readers";
        }
    } $pg->call('outbox_events', $outbox);
}
sub change_call {
    my ($me, $in, %to) = @_;
    return ('group_change', $me, $in, @to{qw(name name_key description max_members visibility joining who_invites history slow_mode muted)});
}
sub change { return scalar $pg->call(change_call(@_)) }
sub member { my ($me, $in, $user, %to) = @_; return ('group_member_change', $me, $in, $user, @to{qw(role mute_for nickname)}) }
sub done   { my ($what, $row) = @_; is $row->{problem}, undef, $what; return told($row->{outbox}) }
sub look   { my ($me, $in) = @_; my $row = $pg->call('group_look', $me, $in // $group); return $row->{problem} // decode_json($row->{shape}) }
sub seqs   { my ($me, $in) = @_; return join ',', map { $_->{seq} // () } $pg->call('history', $me, 'group', $in // $group, undef, undef, 200) }
sub conversation { my ($in) = @_; return $pg->value("select id from magpie.conversation where group_id = $in") }

# --- the shape ---

my %fixed = (name => 'Birds', description => '', max_members => 200, visibility => 'private', joining => 'request', who_invites => 'admins',
    history => 'joined', slow_mode => 0, muted => JSON::PP::false, muted_until => undef, avatar => undef, announcement => undef, nickname => '');
my %card = map { $_->[0] => { id => $_->[1], username => lc $_->[0], name => $_->[0], avatar => undef, role => $_->[2], nickname => '', muted_until => undef } }
    [Olga => $olga, 'owner'], [Adam => $adam, 'admin'], [Mia => $mia, 'member'];
is_deeply look($mia), { %fixed, id => $group, role => 'member', member_count => 3, members => [@card{qw(Olga Adam Mia)}] }, 'a group as a member sees it';
is_deeply [map { $_->{id} . ' ' . decode_json($_->{shape})->{role} } $pg->call('group_list', $adam, 0, 10)], ["$group admin"], 'in the list';
is_deeply [$pg->call('group_list', $adam, $group, 10)], [], 'which goes by id';
is_deeply [map { look($_) } $eve, $finn], [('not-found') x 2], 'outsiders see none';
is look($mia, 999), 'not-found', 'as where there is none';

# --- settings ---

my $limits = $pg->group('Limits', $olga, $adam, $mia);
my ($all) = ("$olga,$adam,$mia");
$pg->psql("update magpie.membership set role = 'admin' where user_id = $adam");
is_deeply [done('an admin renames', change($adam, $limits, name => 'Bounds', name_key => 'bounds'))], [qq{group-renamed by $adam name "Bounds" to $all}], '... by a notice to all';
is_deeply [done('the same name', change($adam, $limits, name => 'Bounds', name_key => 'bounds'))], [], '... is no change';
is_deeply [done('another description', change($adam, $limits, description => 'of all'))], ["group-described by $adam to $all"], '... by a notice';
is_deeply [done('settings, all at once', change($olga, $limits, name => 'Limits', name_key => 'limits', max_members => 3, visibility => 'public',
    joining => 'open', who_invites => 'members', history => 'all', slow_mode => 30, muted => 1))],
    [qq{group-renamed by $olga name "Limits" to $all}, qq[group-settings by $olga settings {"history":"all","joining":"open","max_members":3,]
        . qq["muted":true,"slow_mode":30,"visibility":"public","who_invites":"members"} to $all]], '... by one notice more';
is_deeply { %{ look($mia, $limits) }{keys %fixed} }, { %fixed, name => 'Limits', description => 'of all', max_members => 3, visibility => 'public', joining => 'open',
    who_invites => 'members', history => 'all', slow_mode => 30, muted => JSON::PP::true }, 'the group is so';
is_deeply [done('one of it again', change($olga, $limits, slow_mode => 30, muted => 0))], [qq{group-settings by $olga settings {"muted":false} to $all}],
    '... only what is another';
is_deeply [done('nothing at all', change($olga, $limits))], [], '... is no change';
is $pg->value('select limited from magpie.conversation where id = ' . conversation($limits)), 1, 'sends look at the group';
done('no slow mode', change($olga, $limits, slow_mode => 0));
is $pg->value('select limited from magpie.conversation where id = ' . conversation($limits)), 0, 'and no longer, where all may write';

refused('a member changes', 'not-allowed -', change_call($mia, $limits, name => 'Mine', name_key => 'mine'));
refused('one who left changes', 'not-found -', change_call($finn, $group, muted => 1));
refused('a stranger changes', 'not-found -', change_call($eve, $limits, muted => 1));
refused('a group that is not there', 'not-found -', change_call($olga, 999, muted => 1));
refused('a name that is taken', 'group-name-taken name', change_call($olga, $limits, name => 'BIRDS', name_key => 'birds'));
refused('fewer places than people', 'too-few-places max_members', change_call($olga, $limits, max_members => 2));

my @crowd = map { $pg->user("crowd$_") } 1 .. 50;
$pg->befriend($olga, $_) for @crowd;
is $pg->call('group_add', $olga, $limits, $crowd[0])->{problem}, 'group-full', 'no place for a fourth';
done('500 places', change($olga, $limits, max_members => 500));
is $pg->call('group_add', $olga, $limits, $crowd[0])->{problem}, undef, 'room for more';
done('4 places', change($olga, $limits, max_members => 4));

# Renamed at once to one name: one has it.
my @names = map { $pg->group("Name$_", $olga) } 1 .. 5;
my @renamed = map { $_->[0] } $pg->at_once(map { [change_call($olga, $_, name => 'Wanted', name_key => 'wanted')] } @names);
is join(' ', sort map { $_->{problem} // 'done' } @renamed), 'done' . ' group-name-taken' x 4, 'of five that want one name at once, one gets it';

# --- history for new members ---

my $past = $pg->group('Past', $olga, $adam);
$pg->send($olga, 'group', $past, "line $_") for 1 .. 3;
$pg->call('group_add', $olga, $past, $mia);
is seqs($mia, $past), '6', 'a new member sees from joining on';
$pg->call('group_remove', $mia, $past, $mia);
$pg->send($olga, 'group', $past, 'while she is away');
done('all of it for new ones', change($olga, $past, history => 'all'));
$pg->call('group_add', $olga, $past, $crowd[1]);
is seqs($crowd[1], $past), '1,2,3,4,5,6,7,8,9,10', 'where the setting says so, all of it';
$pg->call('group_remove', $olga, $past, $crowd[1]);
$pg->send($olga, 'group', $past, 'gone again');
is seqs($crowd[1], $past), '1,2,3,4,5,6,7,8,9,10,11', 'until removed, and that notice';
done('no longer', change($olga, $past, history => 'joined'));
$pg->call('group_add', $olga, $past, $crowd[1]);
is seqs($crowd[1], $past), '1,2,3,4,5,6,7,8,9,10,11,14', 'one who comes back sees nothing of the time between';
$pg->call('group_add', $olga, $past, $mia);
is seqs($mia, $past), '6,7,15', 'nor does another';

# --- the announcement ---

is_deeply [done('an admin announces', scalar $pg->call('group_announce', $adam, $group, 'Hear!'))], [qq{announcement by $adam text "Hear!" to $all}], '... by a notice to all';
my ($on_top, $mine) = map { look($_)->{announcement} } $mia, $adam;
like delete $on_top->{at}, qr/^\d{4}-\d\d-\d\dT.*Z$/, 'it says when';
is_deeply $on_top, { text => 'Hear!', by => { id => $adam, name => 'Adam' }, seen => JSON::PP::false }, '... and who, and is unread';
ok $mine->{seen}, 'not by who made it';
is_deeply [done('it is seen', scalar $pg->call('group_announcement_seen', $mia, $group))], ["group member to $mia"], '... which one\'s own tabs are told';
ok look($mia)->{announcement}{seen}, '... and is read';
is_deeply [done('seen again', scalar $pg->call('group_announcement_seen', $mia, $group))], [], '... nothing';
done('another one', scalar $pg->call('group_announce', $olga, $group, 'And now'));
ok !look($mia)->{announcement}{seen}, 'another one is unread again';
is_deeply [done('taken away', scalar $pg->call('group_announce', $adam, $group, ''))], ["announcement-removed by $adam to $all"], '... by a notice';
is look($mia)->{announcement}, undef, '... and gone';
is_deeply [done('taken away again', scalar $pg->call('group_announce', $adam, $group, ''))], [], '... nothing';
is_deeply [done('none is seen', scalar $pg->call('group_announcement_seen', $mia, $group))], [], '... nothing';
refused('a member announces', 'not-allowed -', 'group_announce', $mia, $group, 'I!');
refused('a stranger announces', 'not-found -', 'group_announce', $eve, $group, 'I!');
refused('a stranger has seen it', 'not-found -', 'group_announcement_seen', $eve, $group);

# --- roles ---

is_deeply [done('the owner makes an admin', scalar $pg->call(member($olga, $group, $mia, role => 'admin')))],
    ["member-promoted by $olga of $mia to $all", "group admin to $mia"], '... by a notice, and the new one is told';
is_deeply [done('again', scalar $pg->call(member($olga, $group, $mia, role => 'admin')))], [], '... nothing';
refused('an admin makes admins', 'not-allowed -', member($adam, $group, $mia, role => 'member'));
refused('an admin rises', 'not-allowed -', member($adam, $group, $adam, role => 'admin'));
refused('the owner steps down', 'not-allowed -', member($olga, $group, $olga, role => 'member'));
is_deeply [done('a member again', scalar $pg->call(member($olga, $group, $mia, role => 'member')))],
    ["member-demoted by $olga of $mia to $all", "group member to $mia"], '... by a notice';
refused('a member makes admins', 'not-allowed -', member($mia, $group, $mia, role => 'admin'));
refused('one who is not in it', 'not-found -', member($olga, $group, $finn, role => 'admin'));
refused('by one who is not in it', 'not-found -', member($eve, $group, $mia, role => 'admin'));
refused('nobody', 'not-found -', member($olga, $group, 999, role => 'admin'));

# --- nicknames ---

is_deeply [done('one\'s own name in the group', scalar $pg->call(member($mia, $group, $mia, nickname => 'Mim')))],
    [qq{member-nickname by $mia of $mia nickname "Mim" to $all}, "group member to $mia"], '... by a notice';
is_deeply [map { $_->{nickname} } @{ look($adam)->{members} }], ['', '', 'Mim'], '... for all to see';
is_deeply [done('an admin names a member', scalar $pg->call(member($adam, $group, $mia, nickname => '')))],
    [qq{member-nickname by $adam of $mia nickname "" to $all}, "group member to $mia"], '... by a notice';
refused('a member names another', 'not-allowed -', member($mia, $group, $adam, nickname => 'x'));
refused('an admin names the owner', 'not-allowed -', member($adam, $group, $olga, nickname => 'x'));

# --- mutes ---

my ($mute) = done('an admin mutes a member', scalar $pg->call(member($adam, $group, $mia, mute_for => 600)));
like $mute, qr/^member-muted by $adam of $mia until "\d{4}-.*Z" to $all$/, '... by a notice that says until when';
is standing($mia), 'muted', 'that is a standing';
like look($mia)->{muted_until}, qr/^\d{4}-/, '... which one sees';
like look($adam)->{members}[2]{muted_until}, qr/^\d{4}-/, '... and all others';
is join(' ', map { $_ // '-' } @{ $pg->send($mia, 'group', $group, 'hm') }{qw(problem field)}), 'muted to', 'a muted one writes nothing';
is $pg->send($adam, 'group', $group, 'well')->{problem}, undef, 'others do';
is_deeply [done('longer', scalar $pg->call(member($olga, $group, $mia, mute_for => 6000)))]->[1], "group member to $mia", 'the owner mutes as well';
is_deeply [done('no longer', scalar $pg->call(member($adam, $group, $mia, mute_for => 0)))],
    ["member-unmuted by $adam of $mia to $all", "group member to $mia"], '... by a notice';
is_deeply [done('unmuted again', scalar $pg->call(member($adam, $group, $mia, mute_for => 0)))], [], '... nothing';
is $pg->send($mia, 'group', $group, 'at last')->{problem}, undef, 'and she writes';
$pg->psql("update magpie.membership set muted_until = now() - interval '1 second' where user_id = $mia");
is $pg->send($mia, 'group', $group, 'over')->{problem}, undef, 'a mute ends by itself';
is look($mia)->{muted_until}, undef, '... and is shown no longer';
refused('a member mutes', 'not-allowed -', member($mia, $group, $adam, mute_for => 1));
refused('an admin mutes the owner', 'not-allowed -', member($adam, $group, $olga, mute_for => 1));
refused('an admin mutes an admin', 'not-allowed -', member($adam, $group, $adam, mute_for => 1));
refused('the owner mutes the owner', 'not-allowed -', member($olga, $group, $olga, mute_for => 1));
done('the owner mutes an admin', scalar $pg->call(member($olga, $group, $adam, mute_for => 60)));
is $pg->send($adam, 'group', $group, 'I')->{problem}, 'muted', 'who is muted';
refused('a muted admin unmutes himself', 'not-allowed -', member($adam, $group, $adam, mute_for => 0));
refused('one of two that may not', 'not-allowed -', member($olga, $group, $olga, nickname => 'Boss', mute_for => 1));
$pg->call(member($olga, $group, $mia, mute_for => 60));
$pg->call('group_remove', $mia, $group, $mia);
$pg->call('group_add', $olga, $group, $mia);
is standing($mia), 'muted', 'leaving and coming back is no way out of a mute';
is_deeply [map { s/ until ".*?"//r } done('promoted and muted in one', scalar $pg->call(member($olga, $group, $mia, role => 'admin', mute_for => 60, nickname => 'M')))],
    ["member-promoted by $olga of $mia to $all", "member-muted by $olga of $mia to $all", qq{member-nickname by $olga of $mia nickname "M" to $all},
     "group admin to $mia"], 'several at once: a notice each, and one event';
$pg->call(member($olga, $group, $_, role => 'member', mute_for => 0)) for $mia, $adam;
$pg->call(member($olga, $group, $adam, role => 'admin'));

# --- who may write: what the table says, by each of the ways of send_messages ---

sub writes {
    my ($user, $in, $ways) = @_;
    # Alone, behind another's message in a batch, and behind one's own to a friend.
    my @sent = map { $_->{problem} // 'sent' } scalar $pg->send($user, 'group', $in, 'alone'),
        ($pg->call(MagpiePg::sending([$olga, 'group', $in, 'a'], [$user, 'group', $in, 'b'])))[1],
        ($pg->call(MagpiePg::sending([$user, 'single', $olga, 'a'], [$user, 'group', $in, 'b'])))[1];
    return join ' ', @sent;
}
for my $muted (0, 1) {
    done($muted ? 'all but the admins muted' : 'none muted', change($olga, $group, muted => $muted));
    for my $user ($olga, $adam, $mia, $finn, $eve) {
        my $standing = standing($user);
        my $outside  = $standing =~ /^(?:removed|stranger)$/;
        my $expected = $pg->value("magpie.may('send', '$standing')") ? 'sent' : $outside ? 'not-a-member' : 'muted';
        is writes($user, $group), join(' ', ($expected) x 3), "$standing: $expected";
    }
}
is $pg->send($mia, 'single', $olga, 'privately')->{problem}, undef, 'elsewhere she writes';
done('all may write', change($olga, $group, muted => 0));

# A repeat of what was committed is answered as ever.
my $key = MagpiePg::uuid();
$pg->send($mia, 'group', $group, 'once', $key);
done('muted', scalar $pg->call(member($olga, $group, $mia, mute_for => 60)));
is $pg->send($mia, 'group', $group, 'once', $key)->{message}{msg}, 'once', 'a repeat is answered to a muted one, too';
done('unmuted', scalar $pg->call(member($olga, $group, $mia, mute_for => 0)));

# --- slow mode ---

sub sent { my @rows = @_; return join ' ', map { ($_->{problem} // ($_->{message} ? 'repeated' : 'sent')) . ($_->{retry_after_s} ? " $_->{retry_after_s}" : '') } @rows }
sub back { my ($seconds) = @_; $pg->psql("update magpie.slow_write set wrote_at = wrote_at - interval '$seconds seconds'"); return }
done('slow mode', change($olga, $group, slow_mode => 3600));
$key = MagpiePg::uuid();
is sent(scalar $pg->send($mia, 'group', $group, 'first', $key)), 'sent', 'the first goes';
my $slow = $pg->send($mia, 'group', $group, 'second');
is join(' ', @$slow{qw(problem retry_after_s)}, $slow->{field} // '-'), 'slow-mode 3600 -', 'the second waits, for as long as that takes';
is sent(scalar $pg->send($mia, 'group', $group, 'first', $key)), 'repeated', 'a repeat of the first is answered';
is sent(map { scalar $pg->send($_, 'group', $group, 'x') } $olga, $olga, $adam, $adam), 'sent sent sent sent', 'owner and admins needn\'t wait';
back(3000);
like sent(scalar $pg->send($mia, 'group', $group, 'third')), qr/^slow-mode (?:600|599)$/, 'later it waits for the rest';
back(600);
is sent(scalar $pg->send($mia, 'group', $group, 'third')), 'sent', 'then it goes';
back(-86400);
is sent(scalar $pg->send($mia, 'group', $group, 'x')), 'slow-mode 3600', 'a clock that was set back makes nobody wait for longer';
back(90000);
my @keys = map { MagpiePg::uuid() } 1 .. 3;
is sent($pg->call(MagpiePg::sending((map { [$mia, 'group', $group, @$_] } ['a', $keys[0]], ['a', $keys[0]], ['b', $keys[1]]),
    [$adam, 'group', $group, 'c'], [$adam, 'group', $group, 'd'], [$mia, 'single', $olga, 'e']))),
    'sent repeated slow-mode 3600 sent sent sent', 'of several in one batch the first';
back(3600);
is sent($pg->call(MagpiePg::sending([$mia, 'group', $group, 'a', $keys[0]], [$mia, 'group', $group, 'b', $keys[1]]))), 'repeated sent', 'a repeat takes nobody\'s place';
done('slow there, too', change($olga, $limits, slow_mode => 60));
my @slow = map { $_->[0] } $pg->at_once(map { [MagpiePg::sending([$crowd[0], 'group', $limits, 'x'])] } 1 .. 8);
is sent(grep { !$_->{problem} } @slow), 'sent', 'of eight at once one goes';
done('no slow mode', change($olga, $group, slow_mode => 0));
is sent(map { scalar $pg->send($mia, 'group', $group, 'x') } 1 .. 2), 'sent sent', 'all go';

# --- who owns ---

refused('an admin passes it on', 'not-allowed -', 'group_pass', $adam, $group, $mia);
refused('a stranger passes it on', 'not-found -', 'group_pass', $eve, $group, $mia);
refused('to oneself', 'self user_id', 'group_pass', $olga, $group, $olga);
refused('to one outside', 'not-found user_id', 'group_pass', $olga, $group, $finn);
refused('to nobody', 'not-found user_id', 'group_pass', $olga, $group, 999);
$pg->call(member($olga, $group, $mia, mute_for => 600));
is_deeply [done('the owner passes it on', scalar $pg->call('group_pass', $olga, $group, $mia))],
    ["owner-passed by $olga of $mia to $all", "group admin to $olga", "group owner to $mia"], '... by a notice, and both are told';
is_deeply [map { standing($_) } $olga, $mia], [qw(admin owner)], '... and a mute is over';
is $pg->call('group_remove', $olga, $group, $olga)->{problem}, undef, 'who was the owner may leave';
is $pg->call('group_remove', $mia, $group, $mia)->{problem}, 'owner', 'the new one must pass it on first';

for my $round (1 .. 3) {
    my $owner  = $pg->value('select user_id from magpie.membership where left_rev is null and role = \'owner\' and conversation_id = ' . conversation($limits));
    my @others = grep { $_ != $owner } $olga, $adam, $mia;
    my @passed = map { $_->[0] } $pg->at_once(map { ['group_pass', $owner, $limits, $_] } @others);
    is join(' ', sort map { $_->{problem} // 'done' } @passed), 'done not-allowed', "round $round: of two at once one passes it on";
    is $pg->value('select count(*) from magpie.membership where left_rev is null and role = \'owner\' and conversation_id = ' . conversation($limits)), 1, '... and one owns it';
}

# --- the end of a group ---

my $doomed = $pg->group('Doomed', $olga, $adam, $mia, $crowd[2]);
$pg->send($olga, 'group', $doomed, 'last words');
$pg->call('group_remove', $crowd[2], $doomed, $crowd[2]);
$pg->call(member($olga, $doomed, $adam, role => 'admin'));
refused('an admin dissolves', 'not-allowed -', 'group_dissolve', $adam, $doomed);
refused('a stranger dissolves', 'not-found -', 'group_dissolve', $eve, $doomed);
is_deeply [done('the owner dissolves it', scalar $pg->call('group_dissolve', $olga, $doomed))],
    ["group-dissolved by $olga to $all", "group owner ended to $olga", "group admin ended to $adam", "group member ended to $mia"],
    '... by a notice to all who are in it, and each is told';
is_deeply [map { look($_, $doomed) } $olga, $adam, $mia, $crowd[2]], [('not-found') x 4], 'it is no more';
is_deeply [grep { $_->{id} == $doomed } map { $pg->call('group_list', $_, 0, 100) } $olga, $adam], [], '... in no list';
is $pg->send($olga, 'group', $doomed, 'more')->{problem}, 'not-a-member', '... nobody writes';
is seqs($mia, $doomed), '3,4,5,6,7,8', 'its history stays with those who were in it, the notice of its end as well';
is seqs($crowd[2], $doomed), '4,5,6', '... to each what it was';
refused('dissolving again', 'not-found -', 'group_dissolve', $olga, $doomed);
refused('adding to it', 'not-found -', 'group_add', $olga, $doomed, $crowd[3]);
refused('changing it', 'not-found -', change_call($olga, $doomed, name => 'x', name_key => 'x'));
refused('passing it on', 'not-found -', 'group_pass', $olga, $doomed, $mia);
my $again = $pg->call('group_create', $mia, 'Doomed', 'doomed', '', 5);
is $again->{problem}, undef, 'its name is free';
my ($contact) = grep { $_->{what} eq 'contact' && ($_->{contact_type} // '') eq 'group' && $_->{contact_id} == $doomed } $pg->call('catch_up', $mia, [], [], []);
is_deeply [@$contact{qw(name ended)}], ['Doomed', 1], 'a list of conversations still has it, as one that has ended';

# Nobody comes into a group that ends at that moment.
for my $round (1 .. 4) {
    my $short = $pg->group("Short $round", $olga, $adam);
    my @done = map { $_->[0] } $pg->at_once((map { ['group_add', $olga, $short, $_] } @crowd[10 .. 15]), ['group_dissolve', $olga, $short],
        [MagpiePg::sending([$adam, 'group', $short, 'x'])]);
    is $done[6]{problem}, undef, "round $round: dissolved while six are added";
    is_deeply [grep { $_ ne 'not-found' } map { $_->{problem} // () } @done[0 .. 5]], [], '... who are in before, or find nothing';
    is $pg->value('select count(*) from magpie.membership m where m.left_rev is null and conversation_id = ' . conversation($short)), 0, '... and nobody is left in it';
    is $pg->value('select count(*) from magpie.membership m join magpie.conversation c on c.id = m.conversation_id where m.left_rev <> c.rev and c.group_id = ' . $short), 0,
        '... nor hears of anything behind it';
}

# --- the last place, by an ever smaller limit ---

my $tight = $pg->group('Tight', $olga, @crowd[0 .. 4]);
done('seven places', change($olga, $tight, max_members => 7));
my @adds = map { $_->[0] } $pg->at_once(map { ['group_add', $olga, $tight, $_] } @crowd[5 .. 49]);
is scalar(grep { !defined $_->{problem} } @adds), 1, 'of 45 for the last place one gets it';
my @both = map { $_->[0] } $pg->at_once([change_call($olga, $tight, max_members => 9)], map { ['group_add', $olga, $tight, $_] } @crowd[20 .. 49]);
is $both[0]{problem}, undef, 'two places more';
cmp_ok look($olga, $tight)->{member_count}, '<=', 9, '... and not one too many';

# --- removed while sending ---

my $kicked = $crowd[4];
for my $round (1 .. 5) {
    my $in = $pg->group("Kick $round", $olga, $kicked);
    my @done = map { $_->[0] } $pg->at_once(['group_remove', $olga, $in, $kicked],
        map { [MagpiePg::sending([$kicked, 'group', $in, "m$_"])] } 1 .. 6);
    my ($left, $last) = split /\|/, $pg->psql("select (select left_rev from magpie.membership where user_id = $kicked and conversation_id = c.id),
        (select max(seq) from magpie.message where from_id = $kicked and conversation_id = c.id and kind = 'text') from magpie.conversation c where group_id = $in");
    cmp_ok $last || 0, '<', $left, "round $round: nothing of a member's comes behind the removal";
    is_deeply [grep { !/^(?:not-a-member|busy)$/ } map { $_->{problem} // () } @done[1 .. 6]], [], '... what came later is refused';
    $pg->send($olga, 'group', $in, 'without you');
    is $pg->value("select max(s.last_seq) from magpie.spans_of($kicked, " . conversation($in) . ') s'), $left, '... and the removal is the last that is seen';
    $pg->call('outbox_lease', [map { $_->{id} } $pg->rows("select id from outbox where type = 'messages'")], 30, 1000);
    is_deeply [grep { $_ == $kicked } map { @{ $_->{readers} } } $pg->call('outbox_events', [map { $_->{id} } $pg->rows(
        'select id from outbox where conversation_id = ' . conversation($in) . " and seq > $left")])], [], '... or delivered';
}

# --- the end of an account ---

my ($rex, $ada, $max) = map { $pg->user($_) } qw(rex ada max);
$pg->befriend($rex, $_) for $ada, $max;
my $inherited = $pg->group('Inherited', $rex, $max, $ada);
$pg->call(member($rex, $inherited, $ada, role => 'admin'));
$pg->call(member($rex, $inherited, $ada, mute_for => 600));
$pg->call(member($rex, $inherited, $rex, nickname => 'The King'));
$pg->call('group_announce', $rex, $inherited, 'Long live');
my $lonely = $pg->group('Lonely', $rex);
is $pg->call('account_delete', $rex, 'hash', 1)->{problem}, undef, 'an owner\'s account ends';
is standing($ada, $inherited), 'owner', 'the oldest admin owns the group, muted or not';
is look($ada, $inherited)->{announcement}{by}{name}, '', 'what was announced stays, by nobody\'s name';
my ($named) = grep { $_->{what} eq 'member-nickname' } map { decode_json($_->{notice} // '{}') } $pg->call('history', $ada, 'group', $inherited, undef, undef, 50);
is_deeply [$named->{nickname}, $named->{user}{name}], ['', ''], 'a notice of a nickname no longer says it';
is $pg->value("select count(*) from magpie.membership where user_id = $rex and nickname <> ''"), 0, '... nor does the membership';
is $pg->value("select dissolved_at is not null and name_key is null from magpie.chat_group where id = $lonely"), 1, 'a group without anybody else is dissolved';

$pg->log_ok;
done_testing;
