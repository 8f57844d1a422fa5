#!/usr/bin/perl
# What stays unseen: by those who left a group, of whom one has never met, and of whoever has deleted the account. And what a
# refusal leaves as it is.
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

# --- who left a group learns no new name of it ---

sub named {
    my ($user, $group) = @_;
    my @contacts = grep { $_->{what} eq 'contact' && $_->{contact_type} eq 'group' } $pg->call('catch_up', $user, [], [], []);
    return join ' ', map { $_->{name} } grep { $_->{contact_id} == $group } @contacts;
}
sub rename_to { my ($by, $group, $name) = @_; return $pg->call('group_change', $by, $group, $name, lc $name, (undef) x 8)->{problem} }
my ($head, $first, $second) = map { $pg->user($_) } qw(head first second);
my $bay = $pg->group('Bay', $head, $first, $second);
$pg->call('group_remove', $head, $bay, $first);
is named($first, $bay), 'Bay', 'whoever has left has the name';
rename_to($head, $bay, 'Gulf');
$pg->call('group_remove', $head, $bay, $second);
rename_to($head, $bay, 'Fjord');
is_deeply [map { named($_, $bay) } $first, $second, $head], [qw(Bay Gulf Fjord)], '... and no other later';
$pg->call('group_add', $head, $bay, $first);
is named($first, $bay), 'Fjord', 'who comes again has the new one';
rename_to($head, $bay, 'Strait');
is_deeply [map { named($_, $bay) } $first, $second], [qw(Strait Gulf)], '... and each one after that';

# --- who was never in a group with one is a stranger, though both were in it ---

sub known { my ($user, $id) = @_; my ($row) = $pg->call('user_known', $user, $id); return $row && $row->{username} }
sub come { my ($owner, $group, $user) = @_; return $pg->call('group_add', $owner, $group, $user) }
my ($olga, $early, $both, $late) = map { $pg->user($_) } qw(olga early both late);
my $lake = $pg->group('Lake', $olga, $early, $both);
$pg->befriend($olga, $late);
$pg->call('settings_change', $_, 'nobody', undef) for $olga, $early, $both, $late;
is_deeply [known($early, $both), known($both, $early)], [qw(both early)], 'those who are in a group know each other';
$pg->call('group_remove', $olga, $lake, $early);
come($olga, $lake, $late);
is_deeply [known($early, $both), known($both, $early)], [qw(both early)], '... also when one of them has left';
is_deeply [known($late, $both), known($both, $late), known($late, $olga)], [qw(both late olga)], '... and whoever came then';
is_deeply [known($early, $late), known($late, $early)], [undef, undef], 'who came after one had left is a stranger';
is $pg->call('block_add', $early, $late)->{problem}, 'not-found', '... as an id that nobody has';
come($olga, $lake, $early);
is_deeply [known($early, $late), known($late, $early)], [qw(late early)], 'and is none any more when one comes again';
$pg->call('group_remove', $olga, $lake, $_) for $late, $early;
come($olga, $lake, $early);
is_deeply [known($early, $late), known($late, $early)], [qw(late early)], '... for good';
my $new = $pg->user('new');
$pg->befriend($olga, $new);
$pg->call('settings_change', $new, 'nobody', undef);
$pg->call('group_change', $olga, $lake, (undef) x 7, 'all', undef, undef);
come($olga, $lake, $new);
is_deeply [known($new, $late), known($late, $new)], ['late', undef], 'who sees all that was said knows those who said it, and they do not know that one';

# --- of whoever has deleted the account nothing stays that was written with a request ---

sub ask { my ($user, $username) = @_; return $pg->call('friend_request_ask', $user, $username, 'the note of mine', undef)->{request_id} }
my ($gone, $taken, $not, $open) = map { $pg->user($_) } qw(gone taken not open);
my ($yes, $no) = (ask($gone, 'taken'), ask($gone, 'not'));
ask($gone, 'open');
$pg->call('friend_request_answer', $taken, $yes, 1);
$pg->call('friend_request_answer', $not, $no, 0);
my $sea = $pg->group('Sea', $taken);
$pg->call('group_change', $taken, $sea, (undef) x 4, 'public', (undef) x 5);
is $pg->call('group_join_ask', $gone, $sea, 'the note of mine', undef)->{joined}, 0, 'asking to be let in';
$pg->call('friend_request_ask', $open, 'not', 'the note of another', undef);
$pg->call('account_delete', $gone, 'hash', 1);
is_deeply [map { $pg->value("select count(*) from $_ where note = 'the note of mine'") } qw(friend_request group_join_request)], [0, 0],
    'no note of a request stays, whatever came of it';
is $pg->value("select count(*) from friend_request where note = 'the note of another'"), 1, '... but others\' do';

# --- a refused link clears nothing away ---

$pg->call('group_link_create', $taken, $sea, MagpiePg::hash_of("link $_"), 3600, 1) for 0 .. 99;
$pg->psql("update magpie.group_link set uses = 1 where id = (select min(id) from magpie.group_link)");
is $pg->call('group_link_create', $taken, $sea, MagpiePg::hash_of('instead'), 3600, 1)->{problem}, undef, 'one that is used up makes room for another';
$pg->psql("insert into magpie.group_link (group_id, by_id, token_hash, expires_at, max_uses, uses) values ($sea, $taken, sha256('used'), now() + interval '1 hour', 1, 1)");
my $fingerprint = $pg->fingerprint;
is $pg->call('group_link_create', $taken, $sea, MagpiePg::hash_of('one more'), 3600, 1)->{problem}, 'too-many-open', 'a hundred that are good are all';
is $pg->fingerprint, $fingerprint, '... and the refusal changes nothing';

# --- a link that is being revoked lets nobody in afterwards ---

my $made = $pg->call('group_link_create', $second, $pg->group('Creek', $second), MagpiePg::hash_of('creek'), 3600, 1)->{link_id};
my $creek = $pg->value("select group_id from group_link where id = $made");
my ($revoking, $coming) = map { $pg->session } 1 .. 2;
$revoking->do('begin');
is $revoking->call('group_link_revoke', $second, $creek, $made)->{problem}, undef, 'a link is revoked';
$coming->begin(MagpiePg::Session::call_query('group_link_join', $head, MagpiePg::hash_of('creek')));
$pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
$revoking->do('commit');
is +($coming->result)[0]{problem}, 'not-found', '... and whoever comes by it just then is too late';
is_deeply [map { $_->{user_id} } $pg->rows("select m.user_id from membership m join conversation c on c.id = m.conversation_id where c.group_id = $creek")], [$second],
    '... and is not in the group';

$pg->log_ok;
done_testing;
