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
    change-group       owner admin
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
    add                owner admin
    add-to-group       friend
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

$pg->log_ok;
done_testing;
