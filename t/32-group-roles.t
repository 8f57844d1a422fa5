#!/usr/bin/perl
# Governing a group: settings, the announcement, roles, mutes, slow mode, passing it on, dissolving it; who hears what, and what
# bad input does. Who may what is asked of the functions one by one in t/10-sql-group-roles.t.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;
use Refused;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $magpie = Magpie->start(workers => 2);
my $olga   = $magpie->user('olga');
my ($adam, $mia, $sam) = map { $magpie->user($_, friends => [$olga]) } qw(adam mia sam);
my $eve    = $magpie->user('eve');

my $unused = 'a';
sub group_of {
    my @members = @_;
    my $id = $olga->post('/api/groups', { name => 'group ' . $unused++ })->json->{group}{id};
    $olga->post("/api/groups/$id/members", { user_id => $_->id }) for @members;
    $magpie->settled;
    return $id;
}
sub look    { my ($user, $group) = @_; return $user->get("/api/groups/$group")->json->{group} }
sub member  { my ($by, $group, $whom, %to) = @_; return $by->patch("/api/groups/$group/members/" . (ref $whom ? $whom->id : $whom), \%to) }
sub entries { my ($user, $group) = @_; return @{ $user->get("/api/history?contact_type=group&contact_id=$group&limit=200")->json->{messages} } }
sub notices { my ($user, $group) = @_; return map { $_->{notice} // () } entries($user, $group) }
sub event {
    my ($tab, $type, $wanted) = @_;
    my $found;
    wait_until { ($found) = grep { $_->{type} eq $type && (!$wanted || $wanted->($_)) } $tab->events(timeout => 1) } 10;
    return $found;
}

subtest 'settings' => sub {
    my $group = group_of($adam, $mia);
    my $tab   = $mia->open_queue;
    is member($olga, $group, $adam, role => 'admin')->status, 204, 'an admin is made';
    my %to = (name => 'Vögel', description => 'über Vögel', max_members => 500, visibility => 'public', joining => 'open', who_invites => 'members',
        history => 'all', slow_mode => 5, muted => \1);
    is $adam->patch("/api/groups/$group", \%to)->status, 204, 'an admin changes all of it';
    my $seen = look($mia, $group);
    is_deeply { map { $_ => $seen->{$_} } keys %to }, \%to, 'a member sees it';
    my $settings = event($tab, 'message', sub { ($_[0]{message}{notice}{what} // '') eq 'group-settings' });
    is_deeply $settings->{message}{notice}{settings}, { map { $_ => $to{$_} } grep { !/^(?:name|description)$/ } keys %to }, 'and is told by a notice';
    is_deeply [map { [@$_{qw(what name)}] } grep { $_->{what} =~ /^group-(?!set)/ } notices($mia, $group)],
        [['group-renamed', 'Vögel'], ['group-described', undef]], 'by others of the name and the description';
    is $adam->patch("/api/groups/$group", {})->status, 204, 'nothing is no change';
    is scalar(notices($mia, $group)), 5, '... and no notice';

    refused $mia->patch("/api/groups/$group", { muted => \0 }), 403, 'not-allowed', undef, 'by a member';
    refused $eve->patch("/api/groups/$group", { muted => \0 }), 404, 'not-found', undef, 'by a stranger';
    is $eve->patch("/api/groups/$group", { muted => \0 })->body, $eve->patch('/api/groups/999999999', { muted => \0 })->body, '... as of no group';
    my $other = group_of();
    refused $olga->patch("/api/groups/$other", { name => 'VÖGEL' }), 409, 'group-name-taken', 'name', 'a name that is taken';
    refused $olga->patch("/api/groups/$group", { max_members => 2 }), 422, 'too-few-places', 'max_members', 'fewer places than members';
    my @bad = ([name => ''], [name => 'x' x 65], [name => "a\nb"], [description => 'x' x 256], [max_members => 1], [max_members => 501], [visibility => 'hidden'],
        [visibility => undef], [joining => 'maybe'], [who_invites => 'all'], [history => 'none'], [slow_mode => -1], [slow_mode => 3601], [slow_mode => 1.5],
        [muted => 1], [muted => 'true'], [role => 'owner'], [avatar => undef]);
    my $before = look($olga, $group);
    refused $olga->patch("/api/groups/$group", { @$_ }), 400, 'malformed', $_->[0], "a bad $_->[0]" for @bad;
    refused $olga->patch("/api/groups/$group", { slow_mode => 9, muted => 7 }), 400, 'malformed', 'muted', 'one that is good and one that is bad';
    refused $olga->patch("/api/groups/$group", { muted => \0 }, csrf => 'x'), 403, 'csrf', undef, 'without the token';
    is_deeply look($olga, $group), $before, 'nothing of it was done';
};

subtest 'the announcement' => sub {
    my $group = group_of($mia);
    my ($tab, $second) = map { $_->open_queue } $mia, $mia->other_browser;
    is $olga->put("/api/groups/$group/announcement", { text => "Hört,\nhört!" })->status, 204, 'the owner announces';
    is event($tab, 'message', sub { ($_[0]{message}{notice}{what} // '') eq 'announcement' })->{message}{notice}{text}, "Hört,\nhört!", 'all are told';
    my $there = look($mia, $group)->{announcement};
    is_deeply [@$there{qw(text seen)}, $there->{by}], ["Hört,\nhört!", \0, { id => $olga->id, name => 'Olga' }], 'it is there, unread';
    is $mia->post("/api/groups/$group/announcement/seen", {})->status, 204, 'it is seen';
    is event($second, 'group')->{group}{announcement}{seen}, 1, 'her other tab knows';
    is $mia->post("/api/groups/$group/announcement/seen")->status, 204, 'again: the same';
    is $olga->put("/api/groups/$group/announcement", { text => '' })->status, 204, 'it is taken away';
    is look($mia, $group)->{announcement}, undef, 'and gone';
    refused $olga->put("/api/groups/$group/announcement", { text => $_ }), 400, 'malformed', 'text', 'a bad text' for ' ', 'x' x 1001, undef, 7, "a\x{0}";
    refused $olga->put("/api/groups/$group/announcement", {}), 400, 'malformed', 'text', 'none';
    refused $mia->put("/api/groups/$group/announcement", { text => 'I' }), 403, 'not-allowed', undef, 'by a member';
    refused $eve->put("/api/groups/$group/announcement", { text => 'I' }), 404, 'not-found', undef, 'by a stranger';
    refused $eve->post("/api/groups/$group/announcement/seen"), 404, 'not-found', undef, 'seen by a stranger';
    refused $olga->post("/api/groups/$group/announcement/seen", { seq => 1 }), 400, 'malformed', 'seq', 'with a member';
};

subtest 'members' => sub {
    my $group = group_of($adam, $mia, $sam);
    my $tab   = $mia->open_queue;
    is member($olga, $group, $mia, role => 'admin')->status, 204, 'promoted';
    is event($tab, 'group')->{group}{role}, 'admin', 'she is told of it as well as all others';
    is member($olga, $group, $mia, role => 'member', nickname => 'Mim')->status, 204, 'demoted, and named';
    is_deeply [map { [@$_{qw(id role nickname)}] } @{ look($adam, $group)->{members} }],
        [[$olga->id, 'owner', ''], [$adam->id, 'member', ''], [$mia->id, 'member', 'Mim'], [$sam->id, 'member', '']], 'which all see';
    is_deeply [map { $_->{what} } (notices($adam, $group))[-3 .. -1]], [qw(member-promoted member-demoted member-nickname)], 'by a notice each';
    is member($mia, $group, $mia, nickname => '')->status, 204, 'she takes her own name back';

    my @bad = ([role => 'owner'], [role => undef], [mute_for => -1], [mute_for => 2_592_001], [mute_for => '60'], [nickname => 'x' x 33], [nickname => "a\nb"],
        [nickname => ' '], [nickname => undef], [name => 'x']);
    refused member($olga, $group, $mia, @$_), 400, 'malformed', $_->[0], "a bad $_->[0]" for @bad;
    refused member($olga, $group, $mia), 400, 'malformed', undef, 'none of them';
    refused member($olga, $group, $_, role => 'admin'), 400, 'malformed', 'id', "the id $_" for qw(0 x);
    refused member($olga, $group, $eve, role => 'admin'), 404, 'not-found', undef, 'one who is no member';
    refused member($olga, $group, 999_999_999, role => 'admin'), 404, 'not-found', undef, 'nobody';
    refused member($eve, $group, $mia, nickname => 'x'), 404, 'not-found', undef, 'by a stranger';
    refused member($mia, $group, $sam, $_ => $_ eq 'mute_for' ? 1 : 'admin'), 403, 'not-allowed', undef, "$_ by a member" for qw(role mute_for nickname);
};

subtest 'who may write' => sub {
    my $group = group_of($adam, $mia);
    my $tab   = $mia->open_queue;
    member($olga, $group, $adam, role => 'admin');
    is member($adam, $group, $mia, mute_for => 600)->status, 204, 'an admin mutes a member';
    ok event($tab, 'group')->{group}{muted_until}, 'who is told until when';
    refused $mia->send(group => $group, msg => 'x'), 403, 'muted', 'to', 'a muted one';
    is $mia->send(to => $olga, msg => 'x')->status, 201, 'writes elsewhere';
    is member($adam, $group, $mia, mute_for => 0)->status, 204, 'unmuted';
    is $mia->send(group => $group, msg => 'x')->status, 201, 'she writes';

    is $olga->patch("/api/groups/$group", { muted => \1 })->status, 204, 'all but the admins';
    refused $mia->send(group => $group, msg => 'x'), 403, 'muted', 'to', 'a member';
    is $_->send(group => $group, msg => 'x')->status, 201, $_->username . ' writes' for $olga, $adam;
    is $olga->patch("/api/groups/$group", { muted => \0, slow_mode => 600 })->status, 204, 'slow mode';
    my $key = $magpie->uuid;
    is $mia->send(group => $group, msg => 'first', client_id => $key)->status, 201, 'the first goes';
    my $later = $mia->send(group => $group, msg => 'second');
    refused $later, 429, 'slow-mode', undef, 'the second waits';
    cmp_ok $later->header('Retry-After'), '<=', 600, 'for as long as it says';
    cmp_ok $later->header('Retry-After'), '>', 500, '... and no less';
    is $mia->send(group => $group, msg => 'first', client_id => $key)->status, 200, 'the first again is answered';
    my @many = $magpie->parallel(map { [POST => '/api/send', { contact_type => 'group', to => $group, msg => "m$_", client_id => Magpie->uuid }, $adam] } 1 .. 20);
    is_deeply [map { $_->status } @many], [(201) x 20], 'admins needn\'t wait';
    $magpie->psql('update magpie.slow_write set wrote_at = wrote_at - interval \'600 seconds\'');
    @many = $magpie->parallel(map { [POST => '/api/send', { contact_type => 'group', to => $group, msg => "m$_", client_id => Magpie->uuid }, $mia] } 1 .. 20);
    is join(' ', map { "$_->[0]x$_->[1]" } sort { $a->[0] <=> $b->[0] } map { my $s = $_; [$s, scalar grep { $_->status == $s } @many] } 201, 429), '201x1 429x19',
        'of many of hers at once, over two workers, one goes';
};

subtest 'passing it on' => sub {
    my $group = group_of($adam, $mia);
    my ($hers, $own) = map { $_->open_queue } $mia, $olga;
    is $olga->post("/api/groups/$group/owner", { user_id => $mia->id })->status, 204, 'passed on';
    ok event($hers, 'group', sub { $_[0]{group}{role} eq 'owner' }), 'the new one is told';
    ok event($own, 'group', sub { $_[0]{group}{role} eq 'admin' }), 'and the old one';
    refused $mia->delete("/api/groups/$group/members/" . $mia->id), 409, 'owner', undef, 'the new one can\'t just leave';
    refused $olga->post("/api/groups/$group/owner", { user_id => $adam->id }), 403, 'not-allowed', undef, 'by the old one';
    refused $mia->post("/api/groups/$group/owner", { user_id => $mia->id }), 422, 'self', 'user_id', 'to oneself';
    refused $mia->post("/api/groups/$group/owner", { user_id => $eve->id }), 404, 'not-found', 'user_id', 'to one outside';
    refused $mia->post("/api/groups/$group/owner", { user_id => $_ }), 400, 'malformed', 'user_id', 'to nobody' for 0, 'x', undef;
    refused $eve->post("/api/groups/$group/owner", { user_id => $eve->id }), 404, 'not-found', undef, 'by a stranger';
    my @passed = $magpie->parallel(map { [POST => "/api/groups/$group/owner", { user_id => $_->id }, $mia] } $adam, $olga);
    is join(' ', sort map { $_->status } @passed), '204 403', 'to two at once: to one';
    is scalar(grep { $_->{role} eq 'owner' } @{ look($adam, $group)->{members} }), 1, 'who alone owns it';
};

subtest 'dissolving it' => sub {
    my $group = group_of($adam, $mia, $sam);
    $olga->delete("/api/groups/$group/members/" . $sam->id);
    $olga->send(group => $group, msg => 'last words');
    member($olga, $group, $adam, role => 'admin');
    refused $adam->delete("/api/groups/$group"), 403, 'not-allowed', undef, 'by an admin';
    refused $eve->delete("/api/groups/$group"), 404, 'not-found', undef, 'by a stranger';
    refused $olga->delete("/api/groups/$group", { now => \1 }), 400, 'malformed', 'now', 'with a member';
    my %tab  = map { $_->username => $_->open_queue } $mia, $sam;
    my $name = look($olga, $group)->{name};
    is $olga->delete("/api/groups/$group")->status, 204, 'by its owner';
    ok event($tab{mia}, 'group', sub { $_[0]{group}{id} == $group })->{ended}, 'a member is told';
    is ((notices($mia, $group))[-1]{what}, 'group-dissolved', 'and reads the notice behind all that was said');
    is ((entries($mia, $group))[-3]{msg}, 'last words', 'which is still there');
    is ((notices($sam, $group))[-1]{what}, 'member-removed', 'who was removed before sees nothing new');
    is_deeply [grep { $_->{type} ne 'presence' } $tab{sam}->events(timeout => 0)], [], '... and hears nothing';
    refused $_->get("/api/groups/$group"), 404, 'not-found', undef, 'it is gone for ' . $_->username for $olga, $mia;
    refused $olga->send(group => $group, msg => 'x'), 403, 'not-a-member', 'to', 'nobody writes';
    refused $olga->delete("/api/groups/$group"), 404, 'not-found', undef, 'a second time';
    is $eve->post('/api/groups', { name => $name })->status, 201, 'its name is free';
};

subtest 'removed while sending' => sub {
    my $group = group_of($mia, $adam);
    my ($hers, $his) = map { $_->open_queue } $mia, $adam;
    my @done = $magpie->parallel([DELETE => "/api/groups/$group/members/" . $mia->id, undef, $olga],
        map { [POST => '/api/send', { contact_type => 'group', to => $group, msg => "m$_", client_id => Magpie->uuid }, $_ % 2 ? $mia : $adam] } 1 .. 30);
    is $done[0]->status, 204, 'removed while she and another send';
    $adam->send(group => $group, msg => 'the end');
    my @his;
    wait_until { push @his, map { $_->{message} } grep { $_->{type} eq 'message' } $his->events(timeout => 1); grep { $_->{msg} eq 'the end' } @his } 10;
    my ($removal) = grep { ($_->{notice}{what} // '') eq 'member-removed' } @his;
    my @hers;
    wait_until { push @hers, $hers->events(timeout => 1); grep { $_->{type} eq 'message' && $_->{message}{seq} == $removal->{seq} } @hers } 10;
    push @hers, $hers->events(timeout => 0);
    my %got = map { $_->{message}{seq} => 1 } grep { $_->{type} eq 'message' } @hers;
    is_deeply [grep { !$got{$_} } map { $_->{seq} } grep { $_->{seq} <= $removal->{seq} } @his], [], 'she gets all up to the removal';
    is_deeply [grep { $_ > $removal->{seq} } keys %got], [], 'and nothing behind it';
    is_deeply [map { $_->{seq} } grep { $_->{from} == $mia->id && $_->{seq} > $removal->{seq} } entries($adam, $group)], [], 'nor is anything of hers behind it';
    is_deeply [grep { $_ != 201 && $_ != 403 } map { $_->status } @done[1 .. 30]], [], 'what came later was refused';
};

subtest 'the last place' => sub {
    my @many  = map { $magpie->user("many$_", friends => [$olga]) } 1 .. 12;
    my $group = group_of($mia);
    is $olga->patch("/api/groups/$group", { max_members => 3 })->status, 204, 'three places';
    my @added = $magpie->parallel(map { my $whom = $many[$_ % 12]; [POST => "/api/groups/$group/members", { user_id => $whom->id }, $olga] } 1 .. 50);
    is scalar(grep { $_->status == 201 } @added), 1, 'of 50 at once one is added';
    is_deeply [grep { !/^(?:group-full|already-member)$/ } map { $_->problem } grep { $_->status != 201 } @added], [], 'the others are told why not';
    is look($olga, $group)->{member_count}, 3, 'and it is full';
};

done_testing;
