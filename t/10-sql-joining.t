#!/usr/bin/perl
# How people come into groups, in SQL: public groups, requests, invitations, links; bans; and the last place.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $pg = MagpiePg->start;
my ($olga, $adam, $mia, $finn, $eve, $zoe) = map { $pg->user($_) } qw(olga adam mia finn eve zoe);
$pg->befriend($olga, $_) for $adam, $mia, $finn;
$pg->befriend($mia, $finn);

sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my ($row) = $pg->call(@call);
    is join(' ', map { $_ // '-' } @$row{qw(problem field)}), $problem, "$what: $problem";
    is_deeply [grep { defined $row->{$_} && !/^(?:problem|field|retry_after_s)$/ } sort keys %$row], [], '... and says nothing else';
    is $pg->fingerprint, $before, '... and stores nothing';
    return $row;
}

sub good {
    my ($what, @call) = @_;
    my ($row) = $pg->call(@call);
    is $row->{problem}, undef, $what;
    return $row;
}

# What an outbox says: "2 member-joined by 1 of 1 to 1,2", "group 5 member to 2", "group-invitation 5 open to 2".
sub told {
    my ($outbox) = @_;
    return map {
        my $readers = join ',', @{ $_->{readers} };
        my $event   = decode_json($_->{notice} // $_->{event} // '{}');
        $_->{type} eq 'message' ? "$_->{seq} $event->{what} by $event->{by}{id} of @{[ $event->{user}{id} // 'all' ]} to $readers"
          : $_->{type} eq 'group' ? join ' ', 'group', @{ $event->{group} }{qw(id role)}, ($event->{ended} ? 'ended' : ()), "to $readers"
          : $_->{type} eq 'group-invitation' ? "group-invitation $event->{invitation}{group}{id} of $event->{invitation}{user}{id} $event->{state} to $readers"
          : $_->{type} eq 'group-join-request' ? "group-join-request $event->{group_id} of $event->{user}{id} $event->{state} to $readers"
          : "$_->{type} to $readers";
    } $pg->call('outbox_events', $outbox);
}

sub conversation { return $pg->value("select id from magpie.conversation where group_id = $_[0]") }
sub members {
    return $pg->value("select string_agg(user_id::text, ',' order by user_id) from magpie.membership
        where left_rev is null and conversation_id = " . conversation($_[0]));
}
sub set          { my ($group, $set) = @_; $pg->psql("update magpie.chat_group set $set where id = $group"); return }
sub in_group     { my ($user, $group) = @_; return scalar grep { $_ == $user } split /,/, members($group) }
sub admin        { my ($group, $user) = @_; $pg->psql("update magpie.membership set role = 'admin' where user_id = $user and conversation_id = " . conversation($group)); return }
sub found        { my ($me, $key, $after, $limit) = @_; return join ',', map { $_->{id} } $pg->call('public_groups', $me, $key, $after // 0, $limit // 50) }
sub hash         { return MagpiePg::hash_of($_[0]) }

my $group = $pg->group('Birds', $olga, $adam);          # owner, member
admin($group, $adam);
my $trees = $pg->group('Trees of the wood', $mia);

subtest 'finding public groups' => sub {
    is found($eve, 'ir'), '', 'a private group is not found';
    set($_, "visibility = 'public'") for $group, $trees;
    is found($eve, 'birds'), $group, 'a public one is, by its name';
    is found($eve, $_), $group, "and by a part of it: $_" for 'bi', 'ir', 'rds';
    is found($eve, $_), '', "but not by $_" for 'bird dirb', 'irb', 'birdss', '%', 'b_', 'rdsbi';
    is found($eve, 'the wo'), $trees, 'across words';
    my @more = map { my $g = $pg->call('group_create', $zoe, "Zug $_", "zug $_", '', 5)->{group_id}; set($g, "visibility = 'public'"); $g } 1 .. 5;
    is found($eve, 'zug', 0, 2), "$more[0],$more[1]", 'a page';
    is found($eve, 'zug', $more[1], 10), join(',', @more[2 .. 4]), 'and the rest';
    my $cjk = $pg->call('group_create', $zoe, '我们的朋友群', '我们的朋友群', '', 5)->{group_id};
    set($cjk, "visibility = 'public'");
    is found($eve, '朋友'), $cjk, 'in any script';
    $pg->psql("update magpie.chat_group set dissolved_at = now(), name_key = null where id = $more[0]");
    is found($eve, 'zug 1'), '', 'nor one that was dissolved';
    my ($card) = map { decode_json($_->{card}) } map { { card => JSON::PP->new->encode($_->{card}) } } $pg->call('public_groups', $eve, 'birds', 0, 1);
    is_deeply $card, { id => $group, name => 'Birds', description => '', max_members => 200, member_count => 2, visibility => 'public',
        joining => 'request', avatar => undef, role => undef, standing => 'stranger' }, 'what is shown is the card';
};

subtest 'joining at once' => sub {
    set($group, "joining = 'open'");
    my $done = good('a stranger joins an open group', 'group_join_ask', $eve, $group, 'hello', 50);
    is $done->{joined}, 1, 'at once';
    is_deeply [told($done->{outbox})], ["3 member-joined by $eve of $eve to $olga,$adam,$eve", "group $group member to $eve"], 'all are told';
    refused('again', 'already-member -', 'group_join_ask', $eve, $group, '', 50);
    set($trees, "visibility = 'private'");
    refused('a private group', 'not-found -', 'group_join_ask', $eve, $trees, '', 50);
    refused('no group', 'not-found -', 'group_join_ask', $eve, 999, '', 50);
    $pg->call('group_remove', $eve, $group, $eve);
    is good('one comes back', 'group_join_ask', $eve, $group, '', 50)->{joined}, 1, 'at once';
    is_deeply [map { $_->{seq} } $pg->call('history', $eve, 'group', $group, undef, undef, 50)], [3 .. 5], 'and has seen both times';
    set($group, "max_members = 3");
    refused('a full group', 'group-full -', 'group_join_ask', $zoe, $group, '', 50);
    set($group, "max_members = 200");
    $pg->call('group_remove', $olga, $group, $eve);
};

subtest 'what a new member sees of the time before' => sub {
    set($group, "history = 'all'");
    $pg->send($olga, 'group', $group, 'long ago');
    good('a stranger joins', 'group_join_ask', $zoe, $group, '', 50);
    is_deeply [grep { length } map { $_->{msg} } $pg->call('history', $zoe, 'group', $group, undef, undef, 50)], ['long ago'], 'all of it, where the group says so';
    $pg->call('group_remove', $olga, $group, $zoe);
    set($group, "history = 'joined'");
};

subtest 'asking to join' => sub {
    set($group, "joining = 'request'");
    my $done = good('a stranger asks', 'group_join_ask', $eve, $group, 'It is me', 50);
    is $done->{joined}, 0, 'and is not in';
    is_deeply [sort(told($done->{outbox}))], [sort map { "group-join-request $group of $eve open to $_" } $olga, $adam, $eve], 'the admins are told, and the own tabs';
    refused('again', 'already-asked -', 'group_join_ask', $eve, $group, '', 50);
    is $pg->call('public_groups', $eve, 'birds', 0, 1)->{card}{standing}, 'asked', 'the card says so';
    is_deeply [map { [@$_{qw(user_id username name note)}] } $pg->call('join_requests', $adam, $group, 0, 10)], [[$eve, 'eve', 'Eve', 'It is me']], 'an admin sees it';
    $pg->call('group_add', $olga, $group, $finn);
    refused('a member sees it', 'not-allowed -', 'join_requests', $finn, $group, 0, 10);
    refused('a stranger sees it', 'not-found -', 'join_requests', $eve, $group, 0, 10);
    for my $accept (0, 1) {
        refused('a member answers', 'not-allowed -', 'join_request_answer', $finn, $group, $eve, $accept);
        refused('the asker answers', 'not-found -', 'join_request_answer', $eve, $group, $eve, $accept);
        refused('an admin answers nobody', 'not-found -', 'join_request_answer', $adam, $group, $mia, $accept);
        refused('an admin answers the unknown', 'not-found -', 'join_request_answer', $adam, $group, 999, $accept);
        refused('of no group', 'not-found -', 'join_request_answer', $adam, 999, $eve, $accept);
    }
    my $back = good('it is taken back', 'join_request_withdraw', $eve, $group);
    is scalar(grep { /withdrawn/ } told($back->{outbox})), 3, 'all are told';
    refused('twice', 'not-found -', 'join_request_withdraw', $eve, $group);
    refused('and not accepted then', 'not-found -', 'join_request_answer', $adam, $group, $eve, 1);

    good('asked anew', 'group_join_ask', $eve, $group, '', 50);
    my $no = good('an admin rejects', 'join_request_answer', $adam, $group, $eve, 0);
    is_deeply [sort(told($no->{outbox}))], [sort map { "group-join-request $group of $eve rejected to $_" } $olga, $adam, $eve], 'the asker is told, too';
    refused('twice', 'not-found -', 'join_request_answer', $adam, $group, $eve, 0);

    good('asked anew', 'group_join_ask', $eve, $group, '', 50);
    set($group, "max_members = 3");
    refused('a full group lets nobody in', 'group-full -', 'join_request_answer', $adam, $group, $eve, 1);
    set($group, "max_members = 200");
    my $yes = good('an admin accepts', 'join_request_answer', $adam, $group, $eve, 1);
    my ($notice) = grep { /member-added/ } told($yes->{outbox});
    like $notice, qr/^\d+ member-added by $adam of $eve to /, 'with a notice';
    is scalar(grep { /^group-join-request $group of $eve accepted/ } told($yes->{outbox})), 3, 'and all are told';
    is_deeply good('accepted again', 'join_request_answer', $adam, $group, $eve, 1)->{outbox}, [], 'is the same';
    refused('rejected then', 'not-found -', 'join_request_answer', $adam, $group, $eve, 0);
    $pg->call('group_remove', $olga, $group, $_) for $eve, $finn;
    refused('who left is not accepted again', 'not-found -', 'join_request_answer', $adam, $group, $eve, 1);

    good('asked anew', 'group_join_ask', $eve, $group, '', 50);
    $pg->psql("update magpie.group_join_request set created_at = now() - interval '31 days' where user_id = $eve and state = 'open'");
    is_deeply [$pg->call('join_requests', $adam, $group, 0, 10)], [], 'after 30 days it is none';
    refused('to be accepted', 'not-found -', 'join_request_answer', $adam, $group, $eve, 1);
    refused('or taken back', 'not-found -', 'join_request_withdraw', $eve, $group);
    good('asked anew then', 'group_join_ask', $eve, $group, '', 50);

    my $mine = $pg->value("select count(*) from magpie.group_join_request where user_id = $eve and created_at > now() - interval '1 day'");
    good('taken back', 'join_request_withdraw', $eve, $group);
    my $late = refused('too many in a day', 'too-many-requests -', 'group_join_ask', $eve, $group, '', $mine);
    cmp_ok $late->{retry_after_s}, '>', 86000, 'for a day';
    good('where there is no limit', 'group_join_ask', $eve, $group, '', undef);
    $pg->call('join_request_withdraw', $eve, $group);
};

subtest 'inviting' => sub {
    my $done = good('an owner invites a friend', 'group_invite', $olga, $group, $mia, 50);
    my $id = $done->{invitation_id};
    is_deeply [told($done->{outbox})], ["group-invitation $group of $mia open to $mia"], 'who is told';
    my ($event) = map { decode_json($_->{event}) } $pg->call('outbox_events', $done->{outbox});
    is_deeply [@{ $event->{invitation} }{qw(id from)}, @{ $event->{invitation}{group} }{qw(name standing role)}],
        [$id, { id => $olga, username => 'olga', name => 'Olga', avatar => undef }, 'Birds', 'invited', undef], 'by whom, into what';
    is_deeply [map { [@$_{qw(id user_id username name)}, $_->{card}{name}] } $pg->call('group_invitations', $mia, 0, 10)],
        [[$id, $olga, 'olga', 'Olga', 'Birds']], 'she sees it in her list';
    is_deeply [map { [@$_{qw(id user_id from_id)}] } $pg->call('group_invitations_made', $adam, $group)], [[$id, $mia, $olga]], 'and an admin in the group\'s';
    refused('again', 'already-invited user_id', 'group_invite', $olga, $group, $mia, 50);
    refused('no friend', 'not-friends user_id', 'group_invite', $olga, $group, $eve, 50);
    refused('nobody', 'not-friends user_id', 'group_invite', $olga, $group, 999, 50);
    refused('oneself', 'not-friends user_id', 'group_invite', $olga, $group, $olga, 50);
    refused('a member', 'already-member user_id', 'group_invite', $olga, $group, $adam, 50);
    refused('by a stranger', 'not-found -', 'group_invite', $eve, $group, $mia, 50);
    refused('by the invited', 'not-found -', 'group_invite', $mia, $group, $finn, 50);
    refused('into no group', 'not-found -', 'group_invite', $olga, 999, $mia, 50);

    for my $accept (0, 1) {
        refused('another answers', 'not-found -', 'group_invitation_answer', $finn, $id, $accept);
        refused('the inviter answers', 'not-found -', 'group_invitation_answer', $olga, $id, $accept);
        refused('the unknown', 'not-found -', 'group_invitation_answer', $mia, 999, $accept);
    }
    refused('a stranger sees them', 'not-found -', 'group_invitations_made', $eve, $group);
    refused('a stranger withdraws', 'not-found -', 'group_invitation_withdraw', $eve, $group, $mia);
    refused('the invited withdraws', 'not-found -', 'group_invitation_withdraw', $mia, $group, $mia);
    my $no = good('she rejects', 'group_invitation_answer', $mia, $id, 0);
    is_deeply [sort(told($no->{outbox}))], [sort map { "group-invitation $group of $mia rejected to $_" } $mia, $olga], 'both are told';
    refused('and accepts then', 'not-found -', 'group_invitation_answer', $mia, $id, 1);

    $id = good('she is invited again', 'group_invite', $olga, $group, $mia, 50)->{invitation_id};
    my $back = good('an admin withdraws it', 'group_invitation_withdraw', $adam, $group, $mia);
    is_deeply [sort(told($back->{outbox}))], [sort map { "group-invitation $group of $mia withdrawn to $_" } $mia, $olga], 'both are told';
    refused('twice', 'not-found -', 'group_invitation_withdraw', $adam, $group, $mia);
    refused('it is gone', 'not-found -', 'group_invitation_answer', $mia, $id, 1);

    $id = good('and again', 'group_invite', $olga, $group, $mia, 50)->{invitation_id};
    $pg->call('friend_remove', $olga, $mia);
    set($group, 'max_members = 2');
    refused('a full group', 'group-full -', 'group_invitation_answer', $mia, $id, 1);
    set($group, 'max_members = 200');
    my $yes = good('she accepts, though they are friends no longer', 'group_invitation_answer', $mia, $id, 1);
    like join(';', told($yes->{outbox})), qr/^\d+ member-joined by $mia of $mia to $olga,$adam,$mia;group $group member to $mia;/, 'with a notice';
    is_deeply [sort grep { /invitation/ } told($yes->{outbox})], [sort map { "group-invitation $group of $mia accepted to $_" } $mia, $olga], 'both are told';
    is_deeply good('accepted again', 'group_invitation_answer', $mia, $id, 1)->{outbox}, [], 'is the same';
    refused('who is in rejects', 'not-found -', 'group_invitation_answer', $mia, $id, 0);

    refused('a member invites', 'not-allowed -', 'group_invite', $mia, $group, $finn, 50);
    refused('a member sees them', 'not-allowed -', 'group_invitations_made', $mia, $group);
    set($group, "who_invites = 'members'");
    $id = good('where members may', 'group_invite', $mia, $group, $finn, 50)->{invitation_id};
    is_deeply [map { $_->{user_id} } $pg->call('group_invitations_made', $mia, $group)], [$finn], 'she sees her own';
    set($group, "who_invites = 'admins'");
    $pg->call('group_remove', $olga, $group, $mia);
    refused('who left withdraws nothing', 'not-found -', 'group_invitation_withdraw', $mia, $group, $finn);
    is_deeply [told(good('it is good still', 'group_invitation_answer', $finn, $id, 0)->{outbox})], ["group-invitation $group of $finn rejected to $finn"],
        'and who left hears nothing of it';

    $id = good('one that grows old', 'group_invite', $olga, $group, $finn, 50)->{invitation_id};
    $pg->psql("update magpie.group_invitation set created_at = now() - interval '31 days' where id = $id");
    is_deeply [$pg->call('group_invitations', $finn, 0, 10), $pg->call('group_invitations_made', $olga, $group)], [], 'is none after 30 days';
    refused('to be accepted', 'not-found -', 'group_invitation_answer', $finn, $id, 1);
    good('another', 'group_invite', $olga, $group, $finn, 50);
    refused('in the place of the old one', 'not-found -', 'group_invitation_answer', $finn, $id, 1);
    is $pg->value("select state from magpie.group_invitation where id = $id"), 'expired', 'whose row says so';
    $pg->call('group_invitation_withdraw', $olga, $group, $finn);
    my $day = $pg->value("select count(*) from magpie.group_invitation where from_id = $olga and created_at > now() - interval '1 day'");
    refused('too many in a day', 'too-many-requests -', 'group_invite', $olga, $group, $finn, $day);
};

subtest 'an invited one joins by another road' => sub {
    good('invited', 'group_invite', $olga, $group, $finn, 50);
    my $done = good('who joins where others must ask', 'group_join_ask', $finn, $group, '', 50);
    is $done->{joined}, 1, 'is in at once';
    is_deeply [sort grep { /invitation/ } told($done->{outbox})], [sort map { "group-invitation $group of $finn accepted to $_" } $finn, $olga],
        'the invitation is accepted with it';
    $pg->call('group_remove', $olga, $group, $finn);
    good('asked', 'group_join_ask', $finn, $group, '', 50);
    my $added = good('and added', 'group_add', $olga, $group, $finn);
    is scalar(grep { /^group-join-request $group of $finn accepted/ } told($added->{outbox})), 3, 'a request as well';
    $pg->call('group_remove', $olga, $group, $finn);
};

subtest 'links' => sub {
    my $made = good('an admin makes a link', 'group_link_create', $adam, $group, hash('one'), 3600, 2);
    refused('a stranger', 'not-found -', 'group_link_create', $eve, $group, hash('x'), 3600, 2);
    refused('for no group', 'not-found -', 'group_link_create', $eve, 999, hash('x'), 3600, 2);
    $pg->call('group_add', $olga, $group, $finn);
    refused('a member', 'not-allowed -', 'group_link_create', $finn, $group, hash('x'), 3600, 2);
    refused('a member sees them', 'not-allowed -', 'group_links', $finn, $group);
    is_deeply [map { [@$_{qw(id user_id name max_uses uses)}] } $pg->call('group_links', $olga, $group)], [[$made->{link_id}, $adam, 'Adam', 2, 0]], 'the owner sees it';
    my $card = good('whoever has the token looks', 'group_link_look', $eve, hash('one'))->{card};
    is_deeply [@$card{qw(id standing role member_count)}], [$group, 'removed', undef, 3], 'at the card';
    refused('another token', 'not-found -', 'group_link_look', $eve, hash('two'));
    set($group, "visibility = 'private'");
    my $done = good('and joins, though it is private', 'group_link_join', $eve, hash('one'));
    like join(';', told($done->{outbox})), qr/^\d+ member-joined by $eve of $eve to $olga,$adam,$finn,$eve;group $group member to $eve$/, 'with a notice';
    is_deeply [@{ $done->{card} }{qw(standing role member_count)}], ['member', 'member', 4], 'and sees so';
    refused('again', 'already-member -', 'group_link_join', $eve, hash('one'));
    set($group, 'max_members = 4');
    refused('a full group', 'group-full -', 'group_link_join', $zoe, hash('one'));
    set($group, 'max_members = 200');
    is $pg->value("select uses from magpie.group_link"), 1, 'one use was taken';
    good('the last use', 'group_link_join', $zoe, hash('one'));
    $pg->call('group_remove', $olga, $group, $_) for $eve, $zoe;
    for my $case (['used up', 'uses = max_uses'], ['expired', "uses = 0, expires_at = now()"]) {
        $pg->psql("update magpie.group_link set $case->[1]");
        refused($case->[0], 'not-found -', $_, $eve, hash('one')) for 'group_link_look', 'group_link_join';
    }
    good('another', 'group_link_create', $olga, $group, hash('two'), 3600, 2);
    is_deeply [map { $_->{user_id} } $pg->call('group_links', $olga, $group)], [$olga], 'has cleared away the old one';

    set($group, "who_invites = 'members'");
    my $his = good('where members may', 'group_link_create', $finn, $group, hash('his'), 3600, 500)->{link_id};
    my ($hers) = map { $_->{id} } grep { $_->{user_id} == $olga } $pg->call('group_links', $olga, $group);
    is_deeply [map { $_->{id} } $pg->call('group_links', $finn, $group)], [$his], 'a member sees the own one alone';
    refused('and revokes no other', 'not-found -', 'group_link_revoke', $finn, $group, $hers);
    refused('nor an unknown one', 'not-found -', 'group_link_revoke', $finn, $group, 999);
    refused('nor one of another group', 'not-found -', 'group_link_revoke', $mia, $trees, $hers);
    good('looks', 'group_link_look', $eve, hash('his'));
    set($group, "who_invites = 'admins'");
    refused('it is good while its maker may invite', 'not-found -', $_, $eve, hash('his')) for 'group_link_look', 'group_link_join';
    good('an admin revokes it', 'group_link_revoke', $adam, $group, $his);
    refused('revoked', 'not-found -', 'group_link_look', $eve, hash('his'));
    refused('twice', 'not-found -', 'group_link_revoke', $adam, $group, $his);
    good('the own one', 'group_link_revoke', $olga, $group, $hers);
    $pg->call('group_remove', $olga, $group, $finn);
    set($group, "visibility = 'public'");
};

subtest 'bans' => sub {
    my ($mona) = map { $pg->user($_) } 'mona';
    $pg->befriend($olga, $mona);
    $pg->call('group_add', $olga, $group, $mona);
    set($group, "who_invites = 'members'");
    $pg->befriend($mona, $zoe);
    my $hers = $pg->call('group_invite', $mona, $group, $zoe, 50)->{invitation_id};
    $pg->call('group_link_create', $mona, $group, hash('mona'), 3600, 5);
    set($group, "who_invites = 'admins'");
    good('a link', 'group_link_create', $olga, $group, hash('road'), 3600, 50);

    refused('a member bans', 'not-allowed -', 'group_ban_add', $mona, $group, $adam);
    refused('a stranger bans', 'not-found -', 'group_ban_add', $eve, $group, $mona);
    refused('from no group', 'not-found -', 'group_ban_add', $olga, 999, $mona);
    refused('oneself', 'self user_id', 'group_ban_add', $olga, $group, $olga);
    refused('an admin the owner', 'not-allowed -', 'group_ban_add', $adam, $group, $olga);
    refused('nobody', 'not-found user_id', 'group_ban_add', $olga, $group, 99999);
    my $shy = $pg->user('shy');
    $pg->call('settings_change', $shy, 'nobody', 'nobody');
    refused('somebody unknown to the banning', 'not-found user_id', 'group_ban_add', $olga, $group, $shy);
    admin($group, $mona);
    refused('an admin an admin', 'not-allowed -', 'group_ban_add', $adam, $group, $mona);
    my $done = good('the owner bans an admin', 'group_ban_add', $olga, $group, $mona);
    my @told = told($done->{outbox});
    like $told[0], qr/^\d+ member-banned by $olga of $mona to $olga,$adam,$mona$/, 'all see it, the banned last of all';
    is_deeply [@told[1 .. $#told]], ["group $group admin ended to $mona", "group-invitation $group of $zoe withdrawn to $zoe"], 'who is out; the own invitations, too';
    is_deeply good('again', 'group_ban_add', $olga, $group, $mona)->{outbox}, [], 'does nothing';
    is_deeply [map { [@$_{qw(id username name by_id by_name)}] } $pg->call('group_bans', $adam, $group, 0, 10)], [[$mona, 'mona', 'Mona', $olga, 'Olga']], 'it is in the list';
    refused('which a stranger sees not', 'not-found -', 'group_bans', $mona, $group, 0, 10);

    set($group, "joining = 'open'");
    is found($mona, 'birds'), '', 'the banned one finds the group no more';
    refused('no open door', 'not-found -', 'group_join_ask', $mona, $group, '', 50);
    refused('no link', 'not-found -', $_, $mona, hash('road')) for 'group_link_look', 'group_link_join';
    refused('the own link is gone', 'not-found -', 'group_link_look', $eve, hash('mona'));
    refused('no adding', 'banned user_id', 'group_add', $olga, $group, $mona);
    refused('no inviting', 'banned user_id', 'group_invite', $olga, $group, $mona, 50);
    set($group, "joining = 'request'");
    refused('no asking', 'not-found -', 'group_join_ask', $mona, $group, '', 50);
    refused('and what she invited is withdrawn', 'not-found -', 'group_invitation_answer', $zoe, $hers, 1);

    my $back = good('she is banned no longer', 'group_ban_remove', $adam, $group, $mona);
    like +(told($back->{outbox}))[0], qr/^\d+ member-unbanned by $adam of $mona to $olga,$adam$/, 'as a notice says';
    refused('twice', 'not-found -', 'group_ban_remove', $adam, $group, $mona);
    refused('by a stranger', 'not-found -', 'group_ban_remove', $eve, $group, $mona);
    is good('and may ask', 'group_join_ask', $mona, $group, '', 50)->{joined}, 0, 'but is not in';
    my $id = good('and is invited', 'group_invite', $olga, $group, $mona, 50)->{invitation_id};
    my $out = good('banned from outside', 'group_ban_add', $adam, $group, $mona);
    is_deeply [sort map { s/^\d+ //r } told($out->{outbox})], [sort "member-banned by $adam of $mona to $olga,$adam",
        (map { "group-invitation $group of $mona withdrawn to $_" } $mona, $olga), map { "group-join-request $group of $mona rejected to $_" } $mona, $olga, $adam],
        'what was open is closed';
    refused('no invitation', 'not-found -', 'group_invitation_answer', $mona, $id, 1);
    refused('no request', 'not-found -', 'join_request_answer', $olga, $group, $mona, 1);
    good('unbanned', 'group_ban_remove', $adam, $group, $mona);
};

subtest 'blocks, and the end of an account' => sub {
    my ($kay, $lou, $moe) = map { $pg->user($_) } qw(kay lou moe);
    my $own = $pg->group('Kays', $kay);
    set($own, "visibility = 'public'");
    $pg->befriend($kay, $_) for $lou, $moe;
    my $id = good('kay invites lou', 'group_invite', $kay, $own, $lou, 50)->{invitation_id};
    my $other = good('and moe', 'group_invite', $kay, $own, $moe, 50)->{invitation_id};
    my $block = good('lou blocks kay', 'block_add', $lou, $kay);
    is_deeply [sort grep { /invitation/ } told($block->{outbox})], [sort map { "group-invitation $own of $lou rejected to $_" } $lou, $kay], 'the invitation is closed';
    refused('for good', 'not-found -', 'group_invitation_answer', $lou, $id, 1);
    refused('as if they were no friends', 'not-friends user_id', 'group_invite', $kay, $own, $lou, 50);
    $pg->call('block_remove', $lou, $kay);
    good('a block by the inviter', 'block_add', $kay, $moe);
    is $pg->value("select state from magpie.group_invitation where id = $other"), 'withdrawn', 'withdraws it';
    $pg->call('block_remove', $kay, $moe);

    good('lou asks', 'group_join_ask', $lou, $own, '', 50);
    my $los = $pg->group('Lous', $lou);
    $pg->befriend($lou, $moe);
    $pg->befriend($lou, $kay);
    good('lou invites moe', 'group_invite', $lou, $los, $moe, 50);
    good('kay invites lou', 'group_invite', $kay, $own, $lou, 50);
    good('lou makes a link', 'group_link_create', $lou, $los, hash('lou'), 3600, 5);
    good('moe bans lou', 'group_ban_add', $moe, $pg->group('Moes', $moe), $lou);
    my $end = good('lou deletes the account', 'account_delete', $lou, 'hash', 1);
    is_deeply [sort grep { /^group-/ } told($end->{outbox})], [sort(
        (map { "group-join-request $own of $lou withdrawn to $_" } $kay, $lou), "group-invitation $los of $moe withdrawn to $moe",
        map { "group-invitation $own of $lou rejected to $_" } $kay, $lou)], 'all concerned are told';
    is $pg->value("select count(*) from magpie.group_invitation where state = 'open' and $lou in (user_id, from_id)"), 0, 'no invitation is left';
    is $pg->value("select count(*) from magpie.group_join_request where state = 'open' and user_id = $lou"), 0, 'no request';
    is $pg->value("select count(*) from magpie.group_link where by_id = $lou") + $pg->value("select count(*) from magpie.group_ban where user_id = $lou"), 0, 'no link, no ban';
    refused('nobody joins without an account', 'not-found -', 'group_join_ask', $lou, $own, '', 50);
};

subtest 'a group that is dissolved' => sub {
    for my $how ('by its owner', 'with its owner') {
        my ($una, $ulf, $uwe) = map { $pg->user($_ . ($how =~ /^by/ ? 1 : 2)) } qw(una ulf uwe);
        my $own = $pg->group("Of $una", $una);
        set($own, "visibility = 'public'");
        $pg->befriend($una, $ulf);
        my $id = good('one is invited', 'group_invite', $una, $own, $ulf, 50)->{invitation_id};
        good('one asks', 'group_join_ask', $uwe, $own, '', 50);
        good('there is a link', 'group_link_create', $una, $own, hash("una$una"), 3600, 5);
        my $end = $how =~ /^by/ ? good("dissolved $how", 'group_dissolve', $una, $own) : good("ended $how", 'account_delete', $una, 'hash', 1);
        is_deeply [grep { /^group-/ } told($end->{outbox})],
            ["group-invitation $own of $ulf withdrawn to $ulf", "group-join-request $own of $uwe rejected to $uwe"], 'both are told';
        refused('the invitation', 'not-found -', 'group_invitation_answer', $ulf, $id, 1);
        refused('the link', 'not-found -', 'group_link_join', $uwe, hash("una$una"));
        refused('asking', 'not-found -', 'group_join_ask', $uwe, $own, '', 50);
        is found($uwe, 'of '), '', 'it is not found';
    }
};

subtest 'looking at a group from outside' => sub {
    set($group, "visibility = 'private'");
    refused('a private one', 'not-found -', 'group_look', $eve, $group);
    refused('none', 'not-found -', 'group_look', $eve, 999);
    $pg->befriend($olga, $eve);
    good('who is invited', 'group_invite', $olga, $group, $eve, 50);
    is decode_json(good('may look', 'group_look', $eve, $group)->{shape})->{standing}, 'invited', 'at the card';
    $pg->call('group_invitation_withdraw', $olga, $group, $eve);
    refused('not later', 'not-found -', 'group_look', $eve, $group);
    set($group, "visibility = 'public'");
    my $card = decode_json(good('a public one', 'group_look', $eve, $group)->{shape});
    is_deeply [@$card{qw(standing role members announcement)}], ['removed', undef, undef, undef], 'shows the card and no more';
    good('banned', 'group_ban_add', $olga, $group, $eve);
    refused('and then', 'not-found -', 'group_look', $eve, $group);
    $pg->call('group_ban_remove', $olga, $group, $eve);
    ok decode_json(good('who is in it', 'group_look', $adam, $group)->{shape})->{members}, 'sees the members';
};

# --- at once ---

# On a slow machine fifty wait longer for one lock than a worker's call would.
$pg->psql("alter role magpie_worker in database magpie set $_ = '60s'") for 'lock_timeout', 'statement_timeout';

my @crowd = map { $pg->user("crowd$_") } 1 .. 50;
$pg->befriend($olga, $_) for @crowd;
my $roads = 0;

# A group of olga's with one place left.
sub nearly_full {
    my $new = $pg->call('group_create', $olga, 'Full ' . ++$roads, "full $roads", '', 2)->{group_id};
    set($new, "visibility = 'public', joining = 'open'");
    return $new;
}

# Of all these calls at once one succeeds, for another reason the others don't.
sub one_of {
    my ($what, $group, $reason, $places, @calls) = @_;
    my @done = map { $_->[0] } $pg->at_once(@calls);
    is scalar(grep { !defined $_->{problem} } @done), $places, "$what: $places of " . @calls;
    is_deeply [grep { $_ ne $reason } map { $_->{problem} // () } @done], [], "... the others: $reason";
    is $pg->value("select count(*) from magpie.membership where left_rev is null and conversation_id = " . conversation($group)), 1 + $places, '... as the members say';
    is $pg->value("select count(*) = max(seq) and max(seq) = (select rev from magpie.conversation where id = " . conversation($group)
        . ") from magpie.message where conversation_id = " . conversation($group)), 1, '... and the numbers have no hole';
    return;
}

my $open = nearly_full();
one_of('joining a public group', $open, 'group-full', 1, map { ['group_join_ask', $_, $open, '', 50] } @crowd);

my $linked = nearly_full();
$pg->call('group_link_create', $olga, $linked, hash('linked'), 3600, 500);
one_of('joining by a link', $linked, 'group-full', 1, map { ['group_link_join', $_, hash('linked')] } @crowd);
is $pg->value("select uses from magpie.group_link where group_id = $linked"), 1, 'which was used once';

my $invited = nearly_full();
my @ids = map { $pg->call('group_invite', $olga, $invited, $_, undef)->{invitation_id} } @crowd;
one_of('accepting', $invited, 'group-full', 1, map { ['group_invitation_answer', $crowd[$_], $ids[$_], 1] } 0 .. $#crowd);

my $asked = nearly_full();
set($asked, "joining = 'request'");
$pg->call('group_join_ask', $_, $asked, '', undef) for @crowd;
one_of('being let in', $asked, 'group-full', 1, map { ['join_request_answer', $olga, $asked, $_, 1] } @crowd);

my $mixed = nearly_full();
$pg->call('group_link_create', $olga, $mixed, hash('mixed'), 3600, 500);
my %by = map { $_ => $pg->call('group_invite', $olga, $mixed, $_, undef)->{invitation_id} } @crowd[20 .. 29];
one_of('by all roads', $mixed, 'group-full', 1, (map { ['group_join_ask', $_, $mixed, '', 50] } @crowd[0 .. 9]),
    (map { ['group_link_join', $_, hash('mixed')] } @crowd[10 .. 19]), (map { ['group_invitation_answer', $_, $by{$_}, 1] } @crowd[20 .. 29]),
    map { ['group_add', $olga, $mixed, $_] } @crowd[30 .. 39]);

my $uses = nearly_full();
set($uses, 'max_members = 500');
$pg->call('group_link_create', $olga, $uses, hash('uses'), 3600, 7);
one_of('by a link for seven', $uses, 'not-found', 7, map { ['group_link_join', $_, hash('uses')] } @crowd);
is $pg->value("select uses from magpie.group_link where group_id = $uses"), 7, 'which says so';

# The same person, by several roads at once, is in once.
my $twice = nearly_full();
set($twice, 'max_members = 500');
$pg->call('group_link_create', $olga, $twice, hash('twice'), 3600, 50);
my $one = $crowd[0];
my $his = $pg->call('group_invite', $olga, $twice, $one, undef)->{invitation_id};
my @done = map { $_->[0] } $pg->at_once((map { ['group_link_join', $one, hash('twice')], ['group_join_ask', $one, $twice, '', 50], ['group_add', $olga, $twice, $one] } 1 .. 4),
    ['group_invitation_answer', $one, $his, 1]);
is $pg->value("select count(*) from magpie.message where conversation_id = " . conversation($twice)), 2, 'one person by many roads comes once';
is scalar(grep { !defined $_->{problem} && @{ $_->{outbox} } } @done), 1, 'and one answer says so';

# Of these calls none goes on before all wait for the group: whoever hasn't looked again by then is wrong.
sub behind_a_lock {
    my ($group, @calls) = @_;
    my $holder = $pg->session(user => 'postgres');
    $holder->do("begin; select from magpie.conversation where group_id = $group for update");
    my @sessions = map { $pg->session } @calls;
    $sessions[$_]->begin(MagpiePg::Session::call_query(@{ $calls[$_] })) for 0 .. $#calls;
    $pg->wait_until('select count(*) = ' . @calls . ' from pg_locks where not granted');
    $holder->do('commit');
    return map { ($_->result)[0] } @sessions;
}

# One answer, given in many tabs, or by two admins: it is taken once; of two different ones the first.
my $answers = nearly_full();
set($answers, "max_members = 500, joining = 'request'");
$pg->call('group_add', $olga, $answers, $crowd[49]);
admin($answers, $crowd[49]);
for my $round (1 .. 3) {
    my ($by_tabs, $by_admins) = @crowd[30 + $round, 40 + $round];
    my $inv = $pg->call('group_invite', $olga, $answers, $by_tabs, undef)->{invitation_id};
    $pg->call('group_join_ask', $by_admins, $answers, '', undef);
    my @same = $round < 3 ? (1) : (0, 1);
    for my $case (['accepting', $by_tabs, map { ['group_invitation_answer', $by_tabs, $inv, $same[$_ % @same]] } 1 .. 10],
        ['letting in', $by_admins, map { ['join_request_answer', $_ % 3 ? $olga : $crowd[49], $answers, $by_admins, $same[$_ % @same]] } 1 .. 10])
    {
        my ($what, $who, @calls) = @$case;
        my @got = behind_a_lock($answers, @calls);
        is scalar(grep { @{ $_->{outbox} // [] } } @got), 1, "round $round, $what: one of ten is told to others";
        is scalar(grep { defined $_->{problem} } @got), 0, '... and to the others it is the same' if @same == 1;
        my $came = $pg->value("select count(*) from magpie.message where conversation_id = " . conversation($answers) . "
            and kind = 'notice' and (notice->'user'->>'id')::int8 = $who");
        is $came, 0 + in_group($who, $answers), '... who is in by one notice, or not at all';
        ok $came, '... and in' if @same == 1;
    }
}

# Who is banned at that moment is out, whatever came first.
for my $round (1 .. 5) {
    my $at = nearly_full();
    set($at, 'max_members = 500');
    $pg->call('group_link_create', $olga, $at, hash("at$round"), 3600, 50);
    my $bad = $crowd[$round];
    my $inv = $pg->call('group_invite', $olga, $at, $bad, undef)->{invitation_id};
    $pg->at_once(['group_link_join', $bad, hash("at$round")], ['group_ban_add', $olga, $at, $bad], ['group_join_ask', $bad, $at, '', 50],
        ['group_invitation_answer', $bad, $inv, 1], ['group_add', $olga, $at, $bad]);
    is members($at), $olga, "round $round: banned while joining: out";
}

# A group that is dissolved at that moment has nobody in it.
for my $round (1 .. 5) {
    my $at = nearly_full();
    set($at, 'max_members = 500');
    $pg->call('group_link_create', $olga, $at, hash("gone$round"), 3600, 50);
    my $inv = $pg->call('group_invite', $olga, $at, $crowd[20], undef)->{invitation_id};
    $pg->at_once(['group_link_join', $crowd[21], hash("gone$round")], ['group_join_ask', $crowd[22], $at, '', 50], ['group_dissolve', $olga, $at],
        ['group_invitation_answer', $crowd[20], $inv, 1], ['group_add', $olga, $at, $crowd[23]], ['group_invite', $olga, $at, $crowd[24], undef]);
    is members($at), undef, "round $round: dissolved while joining: nobody is in";
    is $pg->value("select count(*) from magpie.group_invitation where state = 'open' and group_id = $at"), 0, '... and nobody is invited';
}

# All of it at once: nobody waits in a circle.
my $busy = nearly_full();
set($busy, "max_members = 500, joining = 'request'");
$pg->call('group_link_create', $olga, $busy, hash('busy'), 3600, 500);
my ($a, $b, $c) = @crowd[10, 11, 12];
$pg->call('group_add', $olga, $busy, $a);
admin($busy, $a);
$pg->befriend($a, $_) for $b, $c;
my @all = $pg->at_once(map { (
    ['group_join_ask', $b, $busy, '', undef], ['join_request_answer', $a, $busy, $b, $_ % 2], ['group_invite', $a, $busy, $c, undef],
    ['group_link_join', $c, hash('busy')], ['group_ban_add', $olga, $busy, $c], ['group_ban_remove', $a, $busy, $c], ['block_add', $c, $a],
    ['block_remove', $c, $a], ['read_mark', $c, 'group', $busy, 1000], ['group_remove', $b, $busy, $b],
    [MagpiePg::sending([$olga, 'group', $busy, 'x'])] ) } 1 .. 4);
is scalar @all, 44, 'all came back';

# An account that ends while it comes in by every road is in nothing.
for my $round (1 .. 5) {
    my $at = nearly_full();
    set($at, 'max_members = 500');
    $pg->call('group_link_create', $olga, $at, hash("end$round"), 3600, 50);
    my $goes = $crowd[40 + $round];
    my $inv = $pg->call('group_invite', $olga, $at, $goes, undef)->{invitation_id};
    my $asked = nearly_full();
    set($asked, "joining = 'request'");
    my ($end) = map { $_->[0] } $pg->at_once(['account_delete', $goes, 'hash', 1], ['group_link_join', $goes, hash("end$round")],
        ['group_invitation_answer', $goes, $inv, 1], ['group_add', $olga, $at, $goes], ['group_join_ask', $goes, $asked, '', undef], ['group_invite', $olga, $asked, $goes, undef]);
    $pg->call('account_delete', $goes, 'hash', 1) if ($end->{problem} // '') eq 'busy';
    is members($at), $olga, "round $round: an account that ends while joining is in nothing";
    is $pg->value("select (select count(*) from magpie.group_invitation where state = 'open' and user_id = $goes)
        + (select count(*) from magpie.group_join_request where state = 'open' and user_id = $goes)"), 0, '... and nothing of it is open';
}

# At most 100 open ones.
my $hundred = nearly_full();
set($hundred, "joining = 'request', max_members = 500");
$pg->psql("insert into magpie.account (username, name, password_hash) select 'many' || n, 'Many', 'x' from generate_series(1, 101) n");
my @many = map { $_->{id} } $pg->rows("select id from magpie.account where username like 'many%'");
$pg->psql("insert into magpie.group_join_request (group_id, user_id) select $hundred, id from magpie.account where username like 'many%' and id <> $many[100]");
refused('the 101st request', 'too-many-open -', 'group_join_ask', $many[100], $hundred, '', 50);
$pg->psql("insert into magpie.group_invitation (group_id, user_id, from_id) select $hundred, id, $olga from magpie.account where username like 'many%' and id <> $many[100]");
refused('the 101st invitation', 'too-many-open -', 'group_invite', $olga, $hundred, $crowd[3], undef);
$pg->psql("insert into magpie.group_link (group_id, by_id, token_hash, expires_at, max_uses)
    select $hundred, $olga, sha256(n::text::bytea), now() + interval '1 day', 5 from generate_series(1, 100) n");
refused('the 101st link', 'too-many-open -', 'group_link_create', $olga, $hundred, hash('101'), 3600, 5);

$pg->log_ok;
done_testing;
