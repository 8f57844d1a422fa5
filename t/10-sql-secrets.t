#!/usr/bin/perl
# What stays unseen: by those who left a group, of whom one has never met, and of whoever has deleted the account.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;

# --- who left before texts were recalled: what is there then has numbers from after the leaving ---

my ($wim, $xia) = map { $pg->user($_) } qw(wim xia);
my $pond = $pg->group('Pond', $wim, $xia);
sub conversation_of { return $pg->value("select id from conversation where group_id = $_[0]") }
sub texts {
    my ($from, $group, $count) = @_;
    $pg->call('send_messages', [($from) x $count], [('group') x $count], [($group) x $count], [map { "text $_" } 1 .. $count],
        [map { MagpiePg::uuid() } 1 .. $count]);
    return;
}
texts($wim, $pond, 501);
$pg->call('group_remove', $wim, $pond, $xia);
my $left = $pg->value('select left_rev from membership where left_rev is not null');
$pg->call('account_delete', $wim, 'hash', 0);
for my $max (1, 100, 200) {
    my ($rev, $pages) = ($left - 2, 0);
    for (my $more = 1; $more && $pages < 9; $pages++) {
        ($more, $rev) = @{ ($pg->call('history', $xia, 'group', $pond, undef, $rev, $max))[0] }{qw(more complete_rev)};
    }
    is "$rev " . ($pages < 9), "$left 1", "pages of $max of what has changed come to an end";
}
my @rows = grep { $_->{what} ne 'me' && $_->{what} ne 'contact' } $pg->call('catch_up', $xia, ['group'], [$pond], [$left - 1]);
is_deeply [scalar @rows, @{ $rows[0] }{qw(rev reset)}], [1, $left, 1], 'and 501 of them are too many for a resync, as any others';

$pg->log_ok;
done_testing;
