#!/usr/bin/perl
# What a reader sees: pages of history, read marks, the resync and its sum `revs`. Nobody sees
# anything from outside the time spent in a conversation.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($alex, $kim, $max, $eve) = map { $pg->user($_) } qw(alex kim max eve);
$pg->befriend($alex, $kim);
my $group = $pg->group('Birds', $alex, $kim);          # 1: made, 2: Kim added
$pg->befriend($alex, $max);

# Many texts of one sender, as batches.
sub texts {
    my ($from, $type, $to, @texts) = @_;
    while (my @some = splice @texts, 0, 60) {
        my @rows = $pg->call(MagpiePg::sending(map { [$from, $type, $to, $_] } @some));
        die "not sent: $_->{problem}" for grep { defined $_->{problem} } @rows;
    }
    return;
}

# Changes an entry as an edit will: its text, and the conversation's next number as its rev.
sub edit {
    my ($msg, $to) = @_;
    $pg->psql("with c as (update magpie.conversation set rev = rev + 1
            where id = (select conversation_id from magpie.message where msg = '$msg') returning id, rev)
        update magpie.message m set msg = '$to', rev = c.rev from c where c.id = m.conversation_id and m.msg = '$msg'");
    return;
}

# A page: its entries' numbers, "more" where there is more, and the number it is complete up to.
sub page {
    my @rows = $pg->call('history', @_);
    return $rows[0]{problem} if defined $rows[0]{problem};
    my @seqs = map { $_->{seq} // () } @rows;
    return join ' ', (@seqs > 5 ? "$seqs[0]..$seqs[-1](" . @seqs . ')' : @seqs), ($rows[0]{more} ? 'more' : ()),
        "rev=$rows[0]{complete_rev}";
}

# --- pages ---

is page($alex, 'single', $kim, undef, undef, 50), 'rev=0', 'a conversation without a message: one row without an entry';
texts($alex, 'single', $kim, map { "s$_" } 1 .. 120);
texts($kim, 'single', $alex, map { "k$_" } 1 .. 130);
is page($alex, 'single', $kim, undef, undef, 50), '201..250(50) more rev=250', 'the newest, oldest first';
is page($alex, 'single', $kim, 201, undef, 50), '151..200(50) more rev=250', 'those before a number';
is page($alex, 'single', $kim, 51, undef, 50), '1..50(50) rev=250', 'exactly the last ones: no more';
is page($alex, 'single', $kim, 52, undef, 50), '2..51(50) more rev=250', 'all but one: more';
is page($alex, 'single', $kim, 1, undef, 50), 'rev=250', 'before the first';
is page($alex, 'single', $kim, 0, undef, 50), 'rev=250', 'before none';
is page($alex, 'single', $kim, '9223372036854775807', undef, 2), '249 250 more rev=250', 'before the largest number';
is page($alex, 'single', $kim, undef, undef, 1000), '51..250(200) more rev=250', 'a page has 200 entries at most';
is page($alex, 'single', $kim, undef, undef, -5), '250 more rev=250', 'and one at least';
is page($alex, 'single', $kim, undef, 240, 50), '241..250(10) rev=250', 'what changed since';
is page($alex, 'single', $kim, undef, 240, 4), '241 242 243 244 more rev=244', 'with more: complete up to the last entry';
is page($alex, 'single', $kim, undef, 246, 4), '247 248 249 250 rev=250', 'exactly the rest: no more';
is page($alex, 'single', $kim, undef, 250, 4), 'rev=250', 'nothing changed';
is page($alex, 'single', $kim, undef, 999, 4), 'rev=250', 'beyond the newest';
is page($alex, 'single', $kim, undef, -1, 2), '1 2 more rev=2', 'from below the first';
my ($mine) = $pg->call('history', $kim, 'single', $alex, undef, undef, 1);
is_deeply [@$mine{qw(contact_type contact_id from_id from_name kind msg notice)}],
    ['single', $alex, $kim, 'Kim', 'text', 'k130', undef], 'an entry names the conversation as its reader does';

edit('s10', 's10 edited');                             # 251
edit('s5', 's5 edited');                               # 252
edit('s10 edited', 's10 edited twice');                # 253
is page($alex, 'single', $kim, undef, 249, 50), '250 5 10 rev=253', 'changes come in the order of rev, each entry once';
is page($alex, 'single', $kim, undef, 249, 2), '250 5 more rev=252', 'and are paged by it';
is page($alex, 'single', $kim, undef, 252, 2), '10 rev=253', 'the last';
is page($alex, 'single', $kim, 12, undef, 3), '9 10 11 more rev=253', 'in pages they stay in their place';

# --- who may not see ---

for my $case (['an unknown user', 'single', 999], ['a stranger', 'single', $eve], ['oneself', 'single', $alex],
    ['an unknown group', 'group', 999], ['no kind', 'both', $kim], ['id 0', 'single', 0]) {
    my ($what, @contact) = @$case;
    is page($alex, @contact, undef, undef, 50), 'not-found', "history with $what: not-found";
    is join(' ', @{ $pg->call('read_mark', $alex, @contact, 1) }{qw(problem field)}), 'not-found contact_id', "a mark with $what";
}
is page($eve, 'group', $group, undef, undef, 50), 'not-found', 'a group of others';
is page($eve, 'single', $kim, undef, undef, 50), 'not-found', 'a conversation of others';
my ($refused) = $pg->call('history', $eve, 'group', $group, undef, undef, 50);
is_deeply [sort grep { defined } values %$refused], ['contact_id', 'not-found'], 'and nothing but the refusal';

# --- spans: Max is in the group from 6 to 9, and from 13 on ---

texts($alex, 'group', $group, 'g3', 'g4', 'g5');
$pg->call('group_add', $alex, $group, $max);           # 6
texts($kim, 'group', $group, 'g7', 'g8');
$pg->call('group_remove', $max, $group, $max);         # 9
texts($alex, 'group', $group, 'g10', 'g11', 'g12');
is page($max, 'group', $group, undef, undef, 50), '6 7 8 9 rev=9', 'one who left sees up to the notice of it';
is page($max, 'group', $group, undef, undef, 2), '8 9 more rev=9', 'paged';
is page($max, 'group', $group, 7, undef, 50), '6 rev=9', 'before a number';
is page($max, 'group', $group, 5, undef, 50), 'rev=9', 'nothing from before';
is page($max, 'group', $group, undef, 0, 50), '6 7 8 9 rev=9', 'what changed since the beginning: not what was before';
is page($max, 'group', $group, undef, 9, 50), 'rev=9', 'nothing from after';
is_deeply [map { @$_{qw(rev ended unread m_seq)} } grep { $_->{what} eq 'contact' && $_->{contact_type} eq 'group' }
    $pg->call('resync', $max, [], [], [])], [9, 1, 2, 9], 'the group stays as a contact that ended';
$pg->call('group_add', $alex, $group, $max);           # 13
texts($alex, 'group', $group, 'g14');
is page($max, 'group', $group, undef, undef, 50), '6..14(6) rev=14', 'having come back: both times';
is_deeply [map { $_->{seq} } $pg->call('history', $max, 'group', $group, undef, undef, 50)], [6 .. 9, 13, 14], 'and not the time between';
is page($max, 'group', $group, undef, 8, 2), '9 13 more rev=13', 'a page goes on behind the hole';
is page($max, 'group', $group, 14, undef, 2), '9 13 more rev=14', 'backwards as well';
is page($max, 'group', $group, undef, 9, 50), '13 14 rev=14', 'what changed since the leaving';
my @seen = map { $_->{msg} } $pg->call('history', $max, 'group', $group, undef, 0, 200);
is_deeply [grep { /^g(?:3|4|5|10|11|12)$/ } @seen], [], 'no text of the time outside';
my @changes = grep { $_->{what} eq 'message' } $pg->call('resync', $max, ['group'], [$group], [0]);
is_deeply [map { $_->{m_seq} } @changes], [6 .. 9, 13, 14], 'the resync has the same';

# --- read marks ---

# The mark of a user, and the events' [seq, unread] of an answer.
sub mark {
    my ($user, @args) = @_;
    my $row = $pg->call('read_mark', $user, @args);
    die $row->{problem} if defined $row->{problem};
    return join ' ', map { my $e = decode_json($_->{event}); "$e->{seq}:$e->{unread}" } $pg->call('outbox_events', $row->{outbox});
}
sub unread {
    my ($user, $type, $id) = @_;
    my ($row) = grep { $_->{what} eq 'contact' && $_->{contact_type} eq $type && $_->{contact_id} == $id }
        $pg->call('resync', $user, [], [], []);
    return "$row->{read_seq}:$row->{unread}";
}
is unread($kim, 'single', $alex), '0:120', 'unread: all of the other\'s texts, none of one\'s own';
my $before = $pg->call('me', $kim)->{me_rev};
is mark($kim, 'single', $alex, 10), '10:110', 'a mark moves';
is $pg->call('me', $kim)->{me_rev}, $before + 1, 'and is an event of the reader\'s';
my ($event) = map { decode_json($_->{event}) } $pg->call('outbox_events',
    [$pg->value("select max(id) from magpie.outbox where type = 'read'")]);
is_deeply $event, { type => 'read', me_rev => $before + 1, contact_type => 'single', contact_id => $alex, seq => 10, unread => 110, mentioned => 0 },
    'which says all';
my $fingerprint = $pg->fingerprint;
for my $seq (10, 9, 1, 0, -1, '-9223372036854775808') {
    is mark($kim, 'single', $alex, $seq), '', "a mark at $seq does not move it";
}
is $pg->fingerprint, $fingerprint, 'and stores nothing';
is unread($kim, 'single', $alex), '10:110', 'unread';
is mark($kim, 'single', $alex, '9223372036854775807'), '250:0', 'beyond the newest entry means that one';
is mark($kim, 'single', $alex, 251), '', 'again';
is unread($kim, 'single', $alex), '250:0', 'nothing is unread';
is unread($max, 'group', $group), '0:3', 'in a group: the texts of one\'s own time, no notices';
is mark($max, 'group', $group, 11), '11:1', 'a mark within the time outside';
is mark($max, 'group', $group, 100), '14:0', 'up to the newest';
$pg->call('group_remove', $alex, $group, $max);        # 15
texts($alex, 'group', $group, 'g16');
is mark($max, 'group', $group, 100), '15:0', 'one who left reads up to the leaving';
is unread($kim, 'group', $group), '0:8', 'the others count on';
my $silent = $pg->user('silent');
$pg->befriend($alex, $silent);
is mark($silent, 'single', $alex, 5), '', 'where nothing was said nothing is read';
my @marks = $pg->at_once(map { ['read_mark', $kim, 'group', $group, $_] } 3 .. 12);
is unread($kim, 'group', $group), '12:2', 'of ten marks at once the highest stays';

# --- resync ---

is $pg->value(q{select string_agg(proname, ' ' order by proname) from pg_proc where pronamespace = 'magpie'::regnamespace
    and proname in ('resync', 'history') and provolatile = 's'}), 'history resync', 'resync and history read one snapshot';
my @rows = $pg->call('resync', $kim, [], [], []);
my $me = shift @rows;
is_deeply [@$me{qw(what contact_id name username rev)}], ['me', $kim, 'Kim', 'kim', $pg->call('me', $kim)->{me_rev}], 'me first';
is_deeply [map { join ' ', map { $_ // '-' } @$_{qw(what contact_type contact_id name rev read_seq unread ended m_seq m_kind m_from_name m_msg)} } @rows],
    ["contact group $group Birds 16 12 2 0 16 text Alex g16", "contact single $alex Alex 253 250 0 0 250 text Kim k130"], 'the contacts';
my ($quiet) = grep { $_->{what} eq 'contact' } $pg->call('resync', $silent, [], [], []);
is_deeply [@$quiet{qw(rev unread m_seq m_msg m_timestamp)}], [0, 0, undef, undef, undef], 'a contact without a message';
is_deeply [map { $_->{what} } $pg->call('resync', $eve, [], [], [])], ['me'], 'nobody\'s friend has no contacts';
$pg->call('friend_remove', $alex, $max);
my ($ex) = grep { $_->{what} eq 'contact' && $_->{contact_type} eq 'single' } $pg->call('resync', $max, [], [], []);
is_deeply [@$ex{qw(contact_id name ended)}], [$alex, 'Alex', 1], 'an ended friendship stays as a contact';

# The changes: "contact: rev/reset/gone, seqs".
sub changes {
    my ($user, @have) = @_;
    my @out;
    for my $row ($pg->call('resync', $user, map { my $i = $_; [map { $_->[$i] } @have] } 0 .. 2)) {
        if ($row->{what} eq 'change') {
            push @out, join ' ', "$row->{contact_type}:$row->{contact_id}",
                $row->{gone} ? 'gone' : $row->{reset} ? "reset=$row->{rev}" : "rev=$row->{rev}";
        } elsif ($row->{what} eq 'message') {
            $out[-1] .= " $row->{m_seq}";
            die "of another conversation" if $out[-1] !~ /^$row->{contact_type}:$row->{contact_id} /;
        }
    }
    return \@out;
}
is_deeply changes($kim, ['single', $alex, 253], ['group', $group, 16]), [], 'what has not moved is not there';
is_deeply changes($kim, ['single', $alex, 250], ['group', $group, 14]),
    ["group:$group rev=16 15 16", "single:$alex rev=253 5 10"], 'what has moved comes with its messages in the order of rev';
is_deeply changes($kim, ['group', 999, 3], ['single', $eve, 1], ['both', $alex, 1], ['group', $group, 16]),
    ["both:$alex gone", "single:$eve gone", 'group:999 gone'], 'what one may not see is gone';
is_deeply changes($kim, ['group', $group, 17]), ["group:$group reset=16"], 'who has more than there is starts anew';
is_deeply changes($kim, ['group', $group, 15], ['group', $group, 14]), ["group:$group rev=16 15 16"], 'one conversation twice: once, from the lower number';
is_deeply changes($max, ['group', $group, 14]), ["group:$group rev=15 15"], 'one who left learns of the leaving and no more';
is_deeply changes($max, ['group', $group, 15]), [], 'and has it all then';

texts($kim, 'group', $group, map { "many$_" } 1 .. 460);
is_deeply [map { s/ \d.*//r } @{ changes($kim, ['group', $group, 16], ['single', $alex, 212]) }],
    ["group:$group rev=476", "single:$alex rev=253"], '460 + 40 messages are 500: all there';
is_deeply [map { s/ \d.*//r } @{ changes($kim, ['group', $group, 16], ['single', $alex, 211]) }],
    ["group:$group rev=476", "single:$alex reset=253"], 'one more: the second is reset';
is scalar(grep { $_->{what} eq 'message' } $pg->call('resync', $kim, ['group', 'single'], [$group, $alex], [16, 211])), 460, 'without messages';
texts($kim, 'group', $group, map { "more$_" } 1 .. 41);
is_deeply [map { s/ \d.*//r } @{ changes($kim, ['group', $group, 16], ['single', $alex, 250]) }],
    ["group:$group reset=517", "single:$alex rev=253"], 'one that is too long alone leaves the room to the others';

# --- revs ---

sub imul { return ($_[0] & 0xffffffff) * $_[1] & 0xffffffff }
sub revs {
    my ($user) = @_;
    use integer;
    my $sum = 0;
    for my $row ($pg->call('resync', $user, [], [], [])) {
        my $key = $row->{what} eq 'me' ? 0 : 2 * $row->{contact_id} + ($row->{contact_type} eq 'group' ? 1 : 0);
        my $term = (imul($row->{rev} + 1, 1640531527) ^ $key) & 0xffffffff;
        $sum = $sum + imul($term, 2135587861) & 0xffffffff;
    }
    return $sum;
}
is_deeply { map { $_->{user_id} => $_->{revs} } $pg->call('revs_of', [$alex, $kim, $max, $eve, 999]) },
    { map { $_ => revs($_) } $alex, $kim, $max, $eve }, 'revs is the sum over what the resync gives, for each user that exists';
my $revs = $pg->call('revs_of', [$kim])->{revs};
$pg->send($alex, 'group', $group, 'one more');
isnt $pg->call('revs_of', [$kim])->{revs}, $revs, 'a message changes it';
$revs = $pg->call('revs_of', [$max])->{revs};
$pg->send($alex, 'group', $group, 'and one');
is $pg->call('revs_of', [$max])->{revs}, $revs, 'one in a group that was left does not';

# As JavaScript's Math.imul has it: [rev, contact_id, group, result].
for my $case ([0, 0, 0, 805529555], [41, 7, 0, 3743678664], [123456789, 987654321, 1, 1374841325],
    [2**32 - 1, 1, 1, 2111796287], [3e9, 3e9, 0, 3262733779], [2**40 + 5, 2**51 + 9, 1, 2507256877]) {
    my ($rev, $id, $is_group, $result) = @$case;
    is $pg->value("select magpie.revs_term($rev, 2 * ${id}::int8 + $is_group)"), $result, "the term of rev $rev of $id";
}

$pg->log_ok;
done_testing;
