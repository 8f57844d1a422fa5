#!/usr/bin/perl
# Pictures of people and groups in SQL: who may set one, who is told, and that none is left behind.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
$pg->psql(q{alter role magpie_worker in database magpie set lock_timeout = '20s'});     # many at once, on a busy machine
my ($alex, $kim, $max, $eve) = map { $pg->user($_) } qw(alex kim max eve);
$pg->befriend($alex, $_) for $kim, $max;
my $group = $pg->group('birds', $alex, $kim, $max);
my $uuid  = qr/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

sub bytes { return '\x' . unpack 'H*', $_[0] }
sub count { return $pg->value('select count(*) from magpie.avatar') }
sub picture { my ($id) = @_; return $pg->call('avatar_picture', $id) }

# What a contact has besides.
sub more {
    my ($me, $type, $id) = @_;
    my ($contact) = grep { $_->{what} eq 'contact' && $_->{contact_type} eq $type && $_->{contact_id} == $id } $pg->call('catch_up', $me, [], [], []);
    return ref $contact->{more} ? $contact->{more} : decode_json($contact->{more});
}

# The group, as somebody sees it.
sub shape { my ($me) = @_; return decode_json($pg->call('group_look', $me, $group)->{shape}) }

# Who hears what: "user type avatar", sorted.
sub told {
    my ($row) = @_;
    return sort map {
        my $e = decode_json(do { my $t = $_->{event}; utf8::encode($t); $t });
        join ' ', (grep { $_->{readers} } $_)[0]{readers}[0], $e->{type}, ($e->{friend} // $e->{me})->{avatar} // 'none'
    } $pg->call('outbox_events', $row->{outbox});
}

sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my $row = $pg->call(@call);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is $row->{problem}, $problem, "$what: $problem";
    is $row->{outbox}, undef, '... with nothing to push';
    is $pg->fingerprint, $before, '... and nothing stored';
    return;
}

# --- my own ---

my $set = $pg->call('avatar_change', $alex, bytes('one'));
like $set->{avatar}, $uuid, 'a picture has an id';
is_deeply [told($set)], [sort "$alex me $set->{avatar}", map { "$_ friend $set->{avatar}" } $kim, $max], 'my tabs and my friends are told';
is picture($set->{avatar}), bytes('one'), 'it is there';
is $pg->call('profile', $alex)->{avatar}, $set->{avatar}, 'among what is known of me';
is $pg->call('friend_page', $kim, 0, 10)->{avatar}, $set->{avatar}, 'among a friend\'s friends';
is $pg->call('user_named', $eve, 'alex')->{avatar}, $set->{avatar}, 'where somebody finds me';
is $pg->call('users_like', $eve, 'al', '', 10)->{avatar}, $set->{avatar}, '... by the beginning of my name';
is more($kim, 'single', $alex)->{avatar}, $set->{avatar}, 'among contacts';
is((grep { $_->{id} == $alex } shape($max)->{members}->@*)[0]{avatar}, $set->{avatar}, 'and of a group\'s members');
$pg->call('friend_request_ask', $eve, 'alex', '', undef);
is $pg->call('friend_requests', $eve)->{avatar}, $set->{avatar}, 'and of a request';

my $next = $pg->call('avatar_change', $alex, bytes('two'));
isnt $next->{avatar}, $set->{avatar}, 'another has another id';
is_deeply [picture($set->{avatar})], [], 'the one before is gone';
is count(), 1, 'one is left';

my $same = $pg->call('avatar_change', $alex, bytes('two'));
isnt $same->{avatar}, $next->{avatar}, 'also where it is the same picture';

my $none = $pg->call('avatar_change', $alex, undef);
is $none->{avatar}, undef, 'taken away';
is_deeply [told($none)], [sort "$alex me none", map { "$_ friend none" } $kim, $max], 'all are told';
is count(), 0, 'and nothing is left';
is_deeply $pg->call('avatar_change', $alex, undef)->{outbox}, [], 'taken away twice: nobody hears of it';
refused('nobody\'s', 'not-found', 'avatar_change', 999, bytes('x'));

# --- a group's ---

my $groups = $pg->call('group_avatar_change', $alex, $group, bytes('nest'));
like $groups->{avatar}, $uuid, 'the owner sets a group\'s';
my ($entry) = $pg->call('outbox_events', $groups->{outbox});
is_deeply [sort { $a <=> $b } $entry->{readers}->@*], [sort { $a <=> $b } $alex, $kim, $max], 'all members are told';
is_deeply decode_json($entry->{notice}), { what => 'group-avatar', avatar => $groups->{avatar}, by => { id => $alex, name => 'Alex' } }, 'by a notice';
is shape($kim)->{avatar}, $groups->{avatar}, 'the group has it';
is decode_json($pg->call('group_list', $max, 0, 10)->{shape})->{avatar}, $groups->{avatar}, 'among groups';
is more($kim, 'group', $group)->{avatar}, $groups->{avatar}, 'and contacts';
refused('a member', 'not-allowed', 'group_avatar_change', $kim, $group, $_) for bytes('x'), undef;
refused('a stranger', 'not-found', 'group_avatar_change', $eve, $group, $_) for bytes('x'), undef;
refused('no group', 'not-found', 'group_avatar_change', $alex, 999, bytes('x'));
$pg->psql("update magpie.membership set role = 'admin' where user_id = $kim and role is not null");
is $pg->call('group_avatar_change', $kim, $group, bytes('tree'))->{problem}, undef, 'an admin may';
is count(), 1, 'the one before is gone';

# --- of those who come in, and are kept out ---

my $eves = $pg->call('avatar_change', $eve, bytes('eve'))->{avatar};
my $owners = $pg->call('avatar_change', $alex, bytes('alex'))->{avatar};
my $nest = shape($kim)->{avatar};
$pg->psql("update magpie.chat_group set visibility = 'public' where id = $group");
is $pg->call('public_groups', $eve, 'birds', 0, 10)->{card}{avatar}, $nest, 'a public group is found with its picture';
is shape($eve)->{avatar}, $nest, 'and seen with it';
$pg->call('group_join_ask', $eve, $group, '', undef);
is $pg->call('join_requests', $alex, $group, 0, 10)->{avatar}, $eves, 'who asks to come in';
$pg->call('join_request_withdraw', $eve, $group);
$pg->call('friend_request_answer', $alex, $pg->call('friend_requests', $alex)->{id}, 1);
is $pg->call('group_invite', $alex, $group, $eve, undef)->{problem}, undef, 'an invitation';
is $pg->call('group_invitations', $eve, 0, 10)->{avatar}, $owners, 'who invites';
my $made = $pg->call('group_invitations_made', $alex, $group);
is_deeply [@$made{qw(avatar from_avatar)}], [$eves, $owners], 'who is invited, and by whom';
is $pg->call('group_ban_add', $alex, $group, $eve)->{problem}, undef, 'a ban';
is $pg->call('group_bans', $alex, $group, 0, 10)->{avatar}, $eves, 'who is banned';
is $pg->call('group_announce', $alex, $group, 'Hear!')->{problem}, undef, 'an announcement';
is_deeply [sort keys shape($kim)->{announcement}{by}->%*], [qw(id name)], '... is by somebody with no picture, as notices are';
$pg->call('friend_remove', $alex, $eve);
$pg->call('avatar_change', $_, undef) for $alex, $eve;

$pg->call('group_remove', $max, $group, $max);
is more($max, 'group', $group)->{avatar}, undef, 'who has left sees it no longer';

# --- the end of an account ---

$pg->call('avatar_change', $kim, bytes('kim'));
is count(), 2, 'one more';
my $hash = $pg->call('password_of', $kim);
is $pg->call('account_delete', $kim, $hash, 1)->{problem}, undef, 'the account ends';
is count(), 1, 'its picture goes with it';
is more($alex, 'single', $kim)->{avatar}, undef, 'nobody is shown one';
refused('of a deleted account', 'not-found', 'avatar_change', $kim, bytes('x'));

# --- at once ---

my @at_once = $pg->at_once(map { ['avatar_change', $alex, bytes("picture $_")] } 1 .. 8);
is scalar(grep { $_->[0]{avatar} } @at_once), 8, 'several at once';
is count(), 2, 'leave one, beside the group\'s';
is $pg->value("select count(*) from magpie.avatar v where not exists (select from magpie.account a where a.avatar_id = v.id)
    and not exists (select from magpie.chat_group g where g.avatar_id = v.id)"), 0, 'none is nobody\'s';
$pg->log_ok;
done_testing;
