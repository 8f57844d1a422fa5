#!/usr/bin/perl
# Mentions in SQL: what is one, who is told of it, and how many of those unread mention me: exact through
# whatever becomes of the messages, of my reading and of my being in the group.
use v5.30;
use utf8;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $pg = MagpiePg->start;
my ($alex, $kim, $max, $dot, $dots, $all, $eve) = map { $pg->user($_) } qw(alex kim max_1 kim. dot.ty all eve);
my $group = $pg->group('Birds', $alex, $kim, $max, $dot, $dots, $all);
my $room  = $pg->value("select id from conversation where group_id = $group");
my $json  = JSON::PP->new->boolean_values(0, 1);

sub shown { my ($row) = @_; return defined $row->{mentions} ? $json->decode($row->{mentions}) : undef }
sub says { my ($from, $msg) = @_; return $pg->send($from, 'group', $group, $msg) }
sub contact {
    my ($user, $type, $id) = (@_, 'group', $group);
    my ($row) = grep { $_->{what} eq 'contact' && $_->{contact_type} eq $type && $_->{contact_id} == $id } $pg->call('catch_up', $user, [], [], []);
    return $row;
}
sub counts { my $c = contact(@_); return "$c->{unread} $c->{more}{mentioned}" }
sub events { my ($row) = @_; return map { $json->decode($_->{event}) } $pg->call('outbox_events', $row->{outbox}) }

# Takes an entry back, as its author will.
sub recall {
    my ($seq) = @_;
    $pg->psql("with c as (update magpie.conversation set rev = rev + 1 where id = $room returning rev)
        update magpie.message m set kind = 'recalled', msg = '', rev = c.rev from c where m.conversation_id = $room and m.seq = $seq");
    return;
}

# --- what a mention is ---

# By Alex, the owner, whom nothing here mentions.
my @texts = (
    ['@kim'                     => $kim],
    ['hello @kim, how are you?' => $kim],
    ['你好@kim，看'             => $kim],
    ['@KIM and @Max_1!'         => $kim, $max],
    ['@max_1 @kim @max_1'       => $kim, $max],
    ['(@kim)'                   => $kim],
    ["a line\n\@kim\nanother"   => $kim],
    ['so says @max_1.'          => $max],
    ['你好＠kim，看'            => $kim],
    ['＠KIM @max_1'             => $kim, $max],
    ['@max_1... and @max_1-'    => $max],
    ['that is @kim.'            => $dot],
    ['that is @kim..'           => $kim],
    ['@dot.ty'                  => $dots],
    ['@dot.ty.'                 => $dots],
    ['@'],
    ['@ kim'],
    ['kim@kim'],
    ['a@kim.example'],
    ['write to kim@max_1.example'],
    ['@kim@host.example'],
    ['@@kim'],
    ['kim＠kim'],
    ['＠@kim'],
    ['https://host.example/@kim'],
    ['@kimono'],
    ['@ki'],
    ['@alex, that is me'],
    ['@eve is not in it'],
    ['@nobody'],
    ['no sign of kim'],
    ["\@kim\x{301}"             => $kim],
    ['@all' . 'x'],
);
my $nothing = "'\\'' ; drop table message; -- \@kim";
for my $text (@texts, [$nothing, $kim]) {
    my ($msg, @who) = @$text;
    my $row = says($alex, $msg);
    is_deeply shown($row), @who ? [sort { $a <=> $b } @who] : undef, $msg =~ s/\n/\\n/gr;
    my ($event) = $pg->call('outbox_lease', [$row->{outbox_id}], 30, 1);
    is_deeply shown($event), shown($row), '... and its readers are told the same' if @who < 2;
}
is shown($pg->send($alex, 'single', $kim, 'hey @kim')), undef, 'of a person nobody is mentioned, there is but one';
is counts($kim, 'single', $alex), '1 0', '... nor counted';

is_deeply shown(says($alex, 'come, @all')), ['all'], '@all, by the owner';
is_deeply shown(says($alex, '大家好＠All。 @kim')), ['all'], '... in any case; whoever is named is meant anyhow';
is_deeply shown(says($kim, '@all of you, @max_1')), [$max], '... by a member it is nothing, also where somebody is called so';
$pg->call('group_member_change', $alex, $group, $kim, 'admin', undef, undef);
is_deeply shown(says($kim, 'now: @all.')), ['all'], '... by an admin';
$pg->call('group_member_change', $alex, $group, $kim, 'member', undef, undef);

my $long = says($alex, '@kim' . ' @x1' x 998);
is_deeply shown($long), [$kim], 'as many names as fit';
my @names = map { "\@x$_" } 1 .. 99;
is_deeply shown(says($alex, join ' ', @names, '@x1 @kim')), [$kim], 'of many names the first hundred count';
is_deeply shown(says($alex, join ' ', '@max_1', @names, '@kim')), [$max], '... and no other';

# --- the long way: a batch, a repeat ---

my ($k1, $k2) = map { MagpiePg::uuid() } 1, 2;
my @batch = map { my ($from, $msg, $key) = @$_; [$from, 'group', $group, $msg, $key] }
    [$alex, 'one', MagpiePg::uuid()], [$alex, 'two @kim', $k1], [$kim, 'three @all', $k2];
my @sent = $pg->call(MagpiePg::sending(@batch));
is_deeply [map { shown($_) } @sent], [undef, [$kim], undef], 'in a batch each has its own';
my @again = $pg->call(MagpiePg::sending(@batch));
is_deeply [map { "$_->{message}{msg} " . ($_->{mentions} // '-') } @again], ['one -', "two \@kim [$kim]", 'three @all -'], 'and so has a repeat';
is_deeply [map { $_->{message}{mentions} } @again], [undef, [$kim], undef], '... in its message';
my $lone = $pg->call(MagpiePg::sending($batch[1]));
is_deeply [$lone->{message}{mentions}, shown($lone)], [[$kim], [$kim]], '... of a lone one';

# --- where entries are shown ---

my %of = map { $_->{seq} => shown($_) } grep { $_->{seq} } $pg->call('history', $max, 'group', $group, undef, undef, 200);
is_deeply $of{ $sent[1]{seq} }, [$kim], 'the history says it, to all the same';
is_deeply [map { shown($_) } $pg->call('history', $max, 'group', $group, undef, $sent[0]{seq}, 1)], [[$kim]], 'and what changed';
my %changed = map { $_->{m_seq} => $_->{m_mentions} } grep { $_->{what} eq 'message' } $pg->call('catch_up', $max, ['group'], [$group], [$sent[0]{seq}]);
is_deeply \%changed, { $sent[1]{seq} => "[$kim]", $sent[2]{seq} => undef }, 'and a resync';
says($alex, 'last @max_1');
is contact($kim)->{m_mentions}, "[$max]", 'and the newest entry of a contact';

# --- how many are unread ---

sub reads { my ($user, $seq) = @_; return $pg->call('read_mark', $user, 'group', $group, $seq) }
reads($_, 10_000) for $alex, $kim, $max;
is counts($_), '0 0', 'all is read' for $kim, $max;
my @seq = map { $_->{seq} } says($alex, '@kim one'), says($alex, 'two'), says($max, '@kim three'), says($alex, '@all four'), says($alex, '@max_1 five');
is counts($kim), '5 3', 'mine are counted among the unread';
is counts($max), '4 2', '... another one\'s among the other\'s, and what I write is read';
is counts($alex), '1 0', 'my own @all tells me nothing';
my ($read) = events(reads($kim, $seq[0]));
is "$read->{unread} $read->{mentioned}", '4 2', 'reading takes them off, in the event';
is counts($kim), '4 2', '... and in the contact';
$pg->call('conversation_change', $kim, 'group', $group, undef, undef, undef, undef, 1);
is counts($kim), '4 2', 'what is marked as unread counts no more than it did';
recall($seq[2]);
is counts($kim), '3 1', 'what is recalled counts no more';
is_deeply [map { $_->{mentions} } grep { $_->{seq} == $seq[2] } $pg->call('history', $kim, 'group', $group, undef, undef, 50)], [undef], '... and says no more whom it meant';
my ($view) = events($pg->call('conversation_clear', $kim, 'group', $group, $seq[3]));
is "$view->{unread} $view->{mentioned}", '1 0', 'what is cleared counts no more, in the event';
is counts($kim), '1 0', '... and in the contact';

# Out of the group and in again.
says($alex, '@kim the last');
is counts($kim), '2 1', 'unread when she goes';
$pg->call('group_remove', $alex, $group, $kim);
says($alex, '@kim @all while she is away');
is counts($kim), '2 1', 'what comes meanwhile is not hers';
is_deeply [map { shown($_) } $pg->call('history', $alex, 'group', $group, undef, undef, 1)], [['all']], '... though others see it';
is shown(says($alex, '@kim alone')), undef, 'who is not in it is not mentioned';
$pg->call('group_add', $alex, $group, $kim);
is counts($kim), '2 1', 'in again, with what was left';
says($alex, '@kim welcome');
is counts($kim), '3 2', '... and what is new';

# Whoever joins a group with an open history has nothing to catch up with.
$pg->psql("set search_path = magpie; select membership_begin($room, $eve, 'member', n.seq, 0) from group_notice($room, 'member-joined', $eve, null) n");
is counts($eve), '0 0', 'what was said to all before one came is read';
says($max, '@eve hi');
is counts($eve), '1 1', 'what is said then is not';

# --- accounts that end ---

says($max, '@kim bye');
is counts($kim), '5 3', 'before';
$pg->call('account_delete', $max, 'hash', 0);
is counts($kim), '3 2', 'what somebody recalled with the account counts no more';
is counts($eve), '0 0', '... for nobody';
is $pg->value("select count(*) from message where from_id = $max and kind = 'recalled' and seq <> $seq[2] and mentions is not null"), 0, '... and is gone';
my $to_kim = says($alex, '@kim once more');
$pg->call('account_delete', $kim, 'hash', 1);
is shown(says($alex, 'hello @kim')), undef, 'an account that is gone is not mentioned';
is_deeply [grep { $_ } map { shown($_) } grep { ($_->{seq} // 0) == $to_kim->{seq} } $pg->call('history', $alex, 'group', $group, undef, undef, 5)], [[$kim]],
    'what was said to it stays as it was said';

# --- a mention and a change of who is in the group, at once ---

my $sender = $pg->session;
$sender->do('begin');
my $row = $sender->call(MagpiePg::sending([$alex, 'group', $group, '@eve now']));
is_deeply shown($row), [$eve], 'who is in it while the conversation is locked is mentioned';
$sender->do('commit');
is counts($eve), '3 1', '... and counts it';
done_testing;
