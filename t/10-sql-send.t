#!/usr/bin/perl
# send_messages: what is committed once is committed once, in order and without holes; one bad
# message fails alone; a held lock stops nobody else. Each rule is tried on a lone message and in
# the middle of a batch.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($alex, $kim, $max, $eve) = map { $pg->user($_) } qw(alex kim max eve);
$pg->befriend($alex, $_) for $kim, $max;
my $group = $pg->group('Birds', $alex, $kim, $max);

# Sends messages, [from, type, to, msg, client_id], as one batch. Returns its rows, each with what it was asked.
sub asked { my ($rows, @messages) = @_; $rows->[$_]{asked} = $messages[$_] for 0 .. $#$rows; return @$rows }
sub batch_by { my ($session, @messages) = @_; return asked([$session->call(MagpiePg::sending(@messages))], @messages) }
sub batch { return batch_by($pg, @_) }

sub uuid { return MagpiePg::uuid() }

# The message alone, of a row of history, or of one of send_messages as a worker has it: what is new is made of what was asked.
my @mcols = qw(contact_type contact_id seq rev kind from_id from_name msg timestamp client_id notice);
sub message {
    my ($row) = @_;
    if (my $m = $row->{message}) {
        $row = { %$m, from_id => $m->{from} };
    } elsif (my $asked = $row->{asked}) {
        my %asked;
        @asked{qw(from_id contact_type contact_id msg client_id)} = @$asked;
        $row = { %asked, kind => 'text', rev => $row->{seq}, client_id => lc $asked{client_id}, map { $_ => $row->{$_} } qw(seq from_name timestamp) };
    }
    return { map { $_ => $row->{$_} } @mcols };
}
sub repeated { my ($row) = @_; return defined $row->{message} ? 1 : 0 }

# What a sweeper would push of a batch.
sub swept { my ($row) = @_; return $pg->call('outbox_lease', [$row->{outbox_id}], 30, 100) }

# --- what is committed ---

is_deeply [batch()], [], 'an empty batch';
my $key = uuid();
my $odd = "h\x{e9}llo\n\x{1f426} 'quoted' \\ \"x\" {}";
my ($sent) = batch([$alex, 'single', $kim, $odd, uc $key]);
is_deeply { %$sent, timestamp => undef, outbox_id => undef, asked => undef }, {
    seq => 1, problem => undef, field => undef, retry_after_s => undef, outbox_id => undef, readers => undef,
    from_name => 'Alex', timestamp => undef, mentions => undef, message => undef, asked => undef }, 'a number, and nothing that who sends knows';
like $sent->{timestamp}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'its time';
cmp_ok $pg->value("select abs(extract(epoch from now() - '$sent->{timestamp}'::timestamptz))"), '<', 60, 'is now, UTC';
is_deeply message(scalar $pg->call('history', $alex, 'single', $kim, undef, undef, 1)), message($sent), 'history has the same';
is_deeply message(scalar $pg->call('history', $kim, 'single', $alex, undef, undef, 1)),
    { %{ message($sent) }, contact_id => $alex }, 'and for the other one it is with me';
my ($pushed) = swept($sent);
is_deeply [@$pushed{qw(type readers event contact_type group_id user_a user_b)}],
    ['message', [$alex, $kim], undef, 'single', undef, $alex, $kim], 'the outbox has it for both';
is_deeply { %{ message($pushed) }, contact_id => $kim }, message($sent), 'the same message';

my ($shout) = batch([$kim, 'group', $group, 'all', uuid()]);
is_deeply [sort { $a <=> $b } @{ $shout->{readers} }], [$alex, $kim, $max], 'a group has many readers';
is $shout->{seq}, 4, 'and its own numbers';
is_deeply [@{ scalar swept($shout) }{qw(contact_type group_id user_a user_b)}],
    ['group', $group, undef, undef], 'in the outbox by the id of the group';

my @rows = batch(
    [$alex, 'single', $kim, 'one', uuid()], [$max, 'group', $group, 'two', uuid()],
    [$kim, 'single', $alex, 'three', uuid()], [$alex, 'group', $group, 'four', uuid()],
    [$alex, 'single', $max, 'five', uuid()], [$kim, 'single', $alex, 'six', uuid()]);
is_deeply [map { join ' ', @{ message($_) }{qw(contact_type contact_id seq msg)} } @rows],
    ["single $kim 2 one", "group $group 5 two", "single $alex 3 three", "group $group 6 four",
     "single $max 1 five", "single $alex 4 six"], 'a batch: each conversation numbered in order of arrival';
is_deeply [map { $_->{from_name} } @rows], [qw(Alex Max Kim Alex Alex Kim)], 'each under its sender\'s name';
is_deeply [map { $_->{readers} ? [sort { $a <=> $b } @{ $_->{readers} }] : undef } @rows],
    [undef, [$alex, $kim, $max], undef, [$alex, $kim, $max], undef, undef], 'those of a group with its readers';
is_deeply [map { my ($from, $type, $to) = @{ $_->{asked} }; message(scalar $pg->call('history', $from, $type, $to, $_->{seq} + 1, undef, 1)) } @rows],
    [map { message($_) } @rows], 'history has the same of all';

my @asked = ([$alex, 'single', $kim, 'seven', uuid()], [$max, 'group', $group, 'eight', uuid()], [$alex, 'single', $kim, 'nine', uuid()]);
@rows = batch(@asked);
my @again = batch(@asked);
is_deeply [map { [@$_{qw(outbox_id readers)}] } @again], [([undef, undef]) x 3], 'again: not pushed';
is_deeply $again[1]{message}, { contact_type => 'group', contact_id => $group, seq => 7, rev => 7, kind => 'text', from => $max, from_name => 'Max',
    msg => 'eight', timestamp => $rows[1]{timestamp}, client_id => $asked[1][4] }, '... but with all of the message';
$pg->psql(sprintf "update magpie.message_key set text_hash = sha256(convert_to('single $kim seven', 'UTF8')) where client_id = '%s'", $asked[0][4]);
is alone($asked[0])->{message}{seq}, 5, 'a key of before 0016 is known';
is alone([@{ $asked[0] }[0 .. 2], 'other', $asked[0][4]])->{problem}, 'client-id-reused', '... and what came with it';

# --- repeats and refusals, alone and within a batch ---

sub alone { return (batch(@_))[0] }
sub among { my ($m) = @_; return (batch([$max, 'group', $group, 'before', uuid()], $m, [$alex, 'single', $kim, 'after', uuid()]))[1] }

for my $how ([alone => \&alone], [among => \&among]) {
    my ($name, $send) = @$how;
    my $of = sub { $pg->value("select count(*) from magpie.message where msg = '$_[0]'") };
    my $text = "once $name";
    my $id   = uuid();
    my $row  = $send->([$alex, 'single', $kim, $text, $id]);
    my $same = $send->([$alex, 'single', $kim, $text, $id]);
    is_deeply [repeated($same), @$same{qw(problem outbox_id readers)}], [1, undef, undef, undef], "$name: a repeat is no error, and not pushed";
    is_deeply message($same), message($row), '... and has the same message for an answer';
    is $of->($text), 1, '... which is stored once';

    # Edits come later; the answer is the message as it is now.
    $pg->psql("update magpie.conversation set rev = rev + 1 where id = (select conversation_id from magpie.message where msg = '$text');
        update magpie.message m set msg = '$text, edited', rev = c.rev from magpie.conversation c where c.id = m.conversation_id and m.msg = '$text'");
    $same = $send->([$alex, 'single', $kim, $text, $id]);
    is_deeply [$same->{problem}, @{ $same->{message} }{qw(seq msg)}], [undef, $row->{seq}, "$text, edited"], "$name: a repeat of what was edited gives the edited";
    cmp_ok $same->{message}{rev}, '>', $same->{seq}, '... with its rev';

    for my $case (
        ['with another text', 'client-id-reused client_id', [$alex, 'single', $kim, 'other', $id]],
        ['to another friend', 'client-id-reused client_id', [$alex, 'single', $max, $text, $id]],
        ['to a group of the friend\'s number', 'client-id-reused client_id', [$alex, 'group', $kim, $text, $id]],
        ['to an unknown user', 'client-id-reused client_id', [$alex, 'single', 999, $text, $id]],
        ['to nobody', 'not-friends to', [$alex, 'single', 999, $text, uuid()]],
        ['to a stranger', 'not-friends to', [$alex, 'single', $eve, $text, uuid()]],
        ['to oneself', 'not-friends to', [$alex, 'single', $alex, $text, uuid()]],
        ['to id 0', 'not-friends to', [$alex, 'single', 0, $text, uuid()]],
        ['to the largest id', 'not-friends to', [$alex, 'single', '9223372036854775807', $text, uuid()]],
        ['to an unknown group', 'not-a-member to', [$alex, 'group', 999, $text, uuid()]],
        ['to a group of others', 'not-a-member to', [$eve, 'group', $group, $text, uuid()]],
        ['of a kind that there isn\'t', 'not-friends to', [$alex, 'both', $kim, $text, uuid()]],
    ) {
        my ($what, $problem, $m) = @$case;
        my $before = $pg->value('select max(rev) from magpie.message_key k join magpie.conversation c on true');
        my $keys   = $pg->value('select count(*) from magpie.message_key');
        my $got    = $send->($m);
        is join(' ', map { $_ // '-' } @$got{qw(problem field)}), $problem, "$name: $what: $problem";
        is_deeply [grep { defined } @$got{qw(seq retry_after_s outbox_id readers from_name timestamp mentions message)}], [], '... and nothing else';
        is $pg->value('select count(*) from magpie.message_key') - $keys, $name eq 'alone' ? 0 : 2, '... only the good ones are stored';
    }
    my $theirs = $send->([$kim, 'single', $alex, "theirs $name", $id]);
    is_deeply [$theirs->{problem}, repeated($theirs)], [undef, 0], "$name: another's key of the same value is another key";
}

# --- one key twice within a batch ---

my ($twice, $reused, $hopeless) = (uuid(), uuid(), uuid());
@rows = batch([$alex, 'single', $kim, 'twice', $twice], [$alex, 'single', $kim, 'x', $reused],
    [$alex, 'single', $kim, 'twice', $twice], [$alex, 'single', $max, 'x', $reused],
    [$alex, 'single', $eve, 'to a stranger', $hopeless], [$alex, 'single', $kim, 'to a stranger', $hopeless],
    [$alex, 'single', $kim, 'twice', $twice]);
is_deeply [map { $_->{problem} // (repeated($_) ? 'repeated' : 'new') } @rows], [qw(new new repeated client-id-reused not-friends new repeated)],
    'the first one counts that can be sent at all';
is_deeply message($rows[2]), message($rows[0]), 'the second has the same answer';
is_deeply message($rows[6]), message($rows[0]), 'and the third';
is $rows[5]{seq}, $rows[0]{seq} + 2, 'no number is lost on them';

# --- a repeat is answered even to one who was removed since; nothing new is ---

my $mark = uuid();
my ($before_leaving) = batch([$max, 'group', $group, 'before', $mark]);
my $single_key = uuid();
my ($to_max) = batch([$alex, 'single', $max, 'friends still', $single_key]);
$pg->call('group_remove', $alex, $group, $max);
$pg->call('friend_remove', $alex, $max);
for my $how ([alone => \&alone], [among => sub { (batch([$alex, 'single', $kim, 'x', uuid()], $_[0]))[1] }]) {
    my ($name, $send) = @$how;
    is_deeply message($send->([$max, 'group', $group, 'before', $mark])), message($before_leaving), "$name: removed, and repeating";
    is_deeply message($send->([$alex, 'single', $max, 'friends still', $single_key])), message($to_max), "$name: no friend any more, and repeating";
    is $send->([$max, 'group', $group, 'after', uuid()])->{problem}, 'not-a-member', "$name: removed, and sending";
    is $send->([$alex, 'single', $max, 'after', uuid()])->{problem}, 'not-friends', "$name: no friend any more, and sending";
}
my $to_rest = $pg->send($kim, 'group', $group, 'without Max');
is_deeply [sort { $a <=> $b } @{ $to_rest->{readers} }], [$alex, $kim], 'who was removed is no reader';
@rows = batch([$kim, 'group', $group, 'without him', uuid()], [$kim, 'single', $alex, 'either', uuid()]);
is_deeply [sort { $a <=> $b } @{ $rows[0]{readers} }], [$alex, $kim], 'nor within a batch';

# --- a conversation that is locked elsewhere ---

my $holder = $pg->session(user => 'postgres');
$holder->do("begin; select from magpie.conversation where low_id = $alex and high_id = $kim for no key update");
my ($waiting, $known) = (uuid(), $single_key);
@rows = batch([$alex, 'single', $kim, 'must wait', $waiting], [$alex, 'group', $group, 'must not', uuid()],
    [$eve, 'single', $kim, 'stranger', uuid()], [$alex, 'single', $kim, 'twice', $twice], [$alex, 'single', $max, 'friends still', $known]);
is_deeply [map { $_->{problem} } @rows], ['busy', undef, 'not-friends', undef, undef],
    'its messages are busy, others go on, repeats and refusals are answered';
is_deeply [grep { defined } @{ $rows[0] }{qw(seq field retry_after_s outbox_id from_name message)}], [], 'busy says no more';
is repeated($rows[3]), 1, 'a repeat needs no lock';
is alone([$alex, 'single', $kim, 'must wait', $waiting])->{problem}, 'busy', 'alone as well';
$holder->do("rollback; begin; select from magpie.conversation where group_id = $group for no key update");
is alone([$eve, 'group', $group, 'x', uuid()])->{problem}, 'not-a-member', 'a stranger does not learn that a group is busy';
is alone([$kim, 'group', $group, 'x', uuid()])->{problem}, 'busy', 'a member does';
$holder->do('rollback');
is alone([$alex, 'single', $kim, 'must wait', $waiting])->{problem}, undef, 'afterwards it is sent';

# A stranger's sends take no lock: others go on beside them.
my $stranger = $pg->session;
$stranger->do('begin');
batch_by($stranger, [$eve, 'group', $group, 'x', uuid()], [$eve, 'single', $kim, 'x', uuid()]);
is $pg->send($kim, 'group', $group, 'undisturbed')->{problem}, undef, 'who may not send locks nothing';
$stranger->do('rollback');

# --- the same key in flight elsewhere ---

# The same message twice: the first still uncommitted, its conversation locked.
my $flying = uuid();
my $first = $pg->session;
$first->do('begin');
my ($flown) = batch_by($first, [$kim, 'single', $alex, 'flying', $flying]);
is alone([$kim, 'single', $alex, 'flying', $flying])->{problem}, 'busy', 'a repeat of what is in flight is busy';
$first->do('commit');
is_deeply message(alone([$kim, 'single', $alex, 'flying', $flying])), message($flown), 'and then the same message';

# The same key to two conversations: the second waits for the first to commit, within a batch
# that has keys before and after it.
sub crossed {
    my ($end) = @_;
    my ($low, $mid, $high) = sort map { uuid() } 1 .. 3;
    $first->do('begin');
    batch_by($first, [$alex, 'single', $kim, 'here', $mid]);
    my $second   = $pg->session;
    my @messages = map { [$alex, 'group', $group, @$_] } ['p', $high], ['there', $mid], ['q', $low], ['there', $mid];
    $second->begin(MagpiePg::Session::call_query(MagpiePg::sending(@messages)));
    $pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
    $first->do($end);
    return asked([$second->result], @messages);
}
my $counter = "select rev from magpie.conversation where group_id = $group";
my $rev = $pg->value($counter);
@rows = crossed('commit');
is_deeply [map { join ' ', $_->{problem} // message($_)->{msg}, $_->{seq} // '-' } @rows],
    ['p ' . ($rev + 1), 'client-id-reused -', 'q ' . ($rev + 2), 'client-id-reused -'],
    'a key that commits meanwhile elsewhere: that one is refused, the others are sent, no number is lost';
is $pg->value($counter), $rev + 2, 'the counter fits';
is $pg->value("select count(*) from magpie.message_key k left join magpie.message m
    on m.conversation_id = k.conversation_id and m.seq = k.seq and m.client_id = k.client_id and m.from_id = k.sender
    where m.seq is null"), 0, 'each key leads to its message';
$rev = $pg->value($counter);
@rows = crossed('rollback');
is_deeply [map { join ' ', $_->{problem} // message($_)->{msg}, repeated($_), $_->{seq} // '-' } @rows],
    ['p 0 ' . ($rev + 1), 'there 0 ' . ($rev + 2), 'q 0 ' . ($rev + 3), 'there 1 ' . ($rev + 2)],
    'a key whose sender gave up is free';

# --- an account that ends meanwhile ---

for my $way (['keeps what was written', 1], ['takes it back', 0]) {
    my ($what, $keep) = @$way;
    my $leaver = $pg->user("leaver$keep");
    $pg->befriend($alex, $leaver);
    $first->do('begin');
    batch_by($first, [$alex, 'single', $leaver, 'just in time', uuid()]);
    my $ending = $pg->session;
    $ending->begin(MagpiePg::Session::call_query('account_delete', $leaver, 'hash', $keep));
    $pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
    is $pg->send($alex, 'single', $leaver, 'too late')->{problem}, 'busy', "an account that ends and $what waits for who is writing there";
    $first->do('commit');
    is(($ending->result)[0]{problem}, undef, 'and ends then');
    is $pg->send($alex, 'single', $leaver, 'too late')->{problem}, 'not-friends', 'nobody writes there any longer';
}

# --- what ends between the look and the lock ---

# The sender looks while all is well, and has the lock when it isn't any more: its statement has its snapshot and waits for an
# index, held by a transaction that ends what the snapshot shows. (A statement that was planned before opens its indexes when it runs.)
my ($ends, $looks) = ($pg->session(user => 'postgres'), $pg->session);
sub overtaken {
    my ($by, @messages) = @_;
    $ends->do('begin; alter index magpie.friendship_pkey set tablespace pg_default');
    $looks->begin(MagpiePg::Session::call_query(MagpiePg::sending(@messages)));
    $pg->wait_until("select exists (select from pg_locks where not granted and relation = 'magpie.friendship_pkey'::regclass)");
    my $problem = $ends->call(@$by)->{problem};
    $ends->do('commit');
    return $problem // join ' ', map { $_->{problem} // 'sent' } $looks->result;
}
for my $way (['short way'], ['long way', [$eve, 'single', $kim, 'to a stranger']]) {
    my ($name, @first) = @$way;
    my $late  = $pg->group("Late $name", $kim, $alex);
    my $fails = @first ? 'not-friends ' : '';
    my ($single, $group_of) = ([$alex, 'single', $kim, 'x'], [$alex, 'group', $late, 'x']);
    my $set = sub { my ($slow, $muted) = @_; return ['group_change', $kim, $late, (undef) x 8, $slow, $muted] };
    batch_by($looks, @first, $_) for $single, $group_of;
    is overtaken($set->(60, undef), @first, $group_of, $group_of), "${fails}sent slow-mode", "$name: slow mode begins meanwhile";
    $pg->call(@{ $set->(0, undef) });
    is overtaken($set->(undef, 1), @first, $group_of), "${fails}muted", '... all but the admins are muted';
    $pg->call(@{ $set->(undef, 0) });
    is overtaken(['group_member_change', $kim, $late, $alex, undef, 60, undef], @first, $group_of), "${fails}muted", '... the sender is';
    $pg->call('group_member_change', $kim, $late, $alex, undef, 0, undef);
    is overtaken(['group_remove', $kim, $late, $alex], @first, $group_of), "${fails}not-a-member", '... is removed';
    is overtaken(['friend_remove', $kim, $alex], @first, $single), "${fails}not-friends", '... is no friend any more';
    $pg->befriend($kim, $alex);
}

# --- many at once ---

# Sends batches at once, the busy ones again until they are not, as workers do. Returns all rows of the others.
sub until_done {
    my @batches = @_;
    my @done;
    while (@batches) {
        my @answers = $pg->at_once(map { [MagpiePg::sending(@$_)] } @batches);
        my @again;
        for my $i (0 .. $#batches) {
            my @rows = asked($answers[$i], @{ $batches[$i] });
            push @again, $batches[$i] if grep { ($_->{problem} // '') eq 'busy' } @rows;
            push @done, grep { ($_->{problem} // '') ne 'busy' } @rows;
        }
        die "no progress" if @again == @batches && @batches > 1;
        @batches = @again;
    }
    return @done;
}
my $race = uuid();
my @same = until_done(map { [[$alex, 'single', $kim, 'race', $race]] } 1 .. 30);
is scalar(grep { !repeated($_) } @same), 1, 'the same message 30 times at once: one is new';
my %answers = map { join('|', map { $_ // '' } @{ message($_) }{@mcols}) => 1 } @same;
is scalar(keys %answers), 1, 'all have the same answer';
is $pg->value(q{select count(*) from magpie.message where msg = 'race'}), 1, 'it is stored once';

# Hostile batches: the same keys in opposite orders, to conversations of their own.
my @friends = map { my $u = $pg->user("peer$_"); $pg->befriend($alex, $u); $u } 1 .. 8;
# (Here so that they wait in each other's way for sure: both for a third one's key in the middle.)
my ($k1, $k2, $k3) = sort map { uuid() } 1 .. 3;
$first->do('begin');
batch_by($first, [$alex, 'single', $kim, 'in the way', $k2]);
my @two = map { $pg->session } 1, 2;
for my $n (0, 1) {
    $two[$n]->begin(MagpiePg::Session::call_query(MagpiePg::sending(map { [$alex, 'single', $friends[$n], 'x', $_] } $n ? ($k3, $k2, $k1) : ($k1, $k2, $k3))));
}
$pg->wait_until("select count(*) = 2 from pg_locks where not granted and locktype = 'transactionid'");
$first->do('commit');
is_deeply [sort map { $_->{problem} // 'sent' } map { $_->result } @two], [('client-id-reused') x 4, ('sent') x 2],
    'the same keys in opposite orders: no deadlock, each key sent once';
for my $round (1 .. 3) {
    my @k = map { uuid() } 1 .. 20;
    my @answers = $pg->at_once(map {
        my ($peer, $n) = ($friends[$_], 0);
        [MagpiePg::sending(map { [$alex, 'single', $peer, 'm' . ++$n, $_] } $_ % 2 ? @k : reverse @k)] } 0 .. 7);
    is scalar(grep { !defined $_->{problem} } map { @$_ } @answers), 20, "hostile batches, round $round: each key sent once";
    is scalar(grep { ($_->{problem} // '') eq 'client-id-reused' } map { @$_ } @answers), 140, '... and refused elsewhere';
}

# --- workers of before 0016 ---

# They call send_batch: rows that are complete, and a row of the outbox for each new message.
my ($slow, $known_key) = ($pg->group('Slow', $alex, $kim), uuid());
$pg->psql("update magpie.chat_group set slow_mode = 60 where id = $slow; update magpie.conversation set limited = true where group_id = $slow");
my $known_seq = $pg->send($alex, 'single', $kim, 'known', $known_key)->{seq};
$pg->psql("update magpie.conversation set rev = rev + 1 where low_id = $alex and high_id = $kim;
    update magpie.message set msg = 'known, edited', rev = seq + 1 where client_id = '$known_key'");
@asked = ([$alex, 'single', $kim, 'new', uuid()], [$kim, 'group', $slow, 'hello @alex', uuid()], [$alex, 'single', $kim, 'known', $known_key],
    [$eve, 'single', $kim, 'to a stranger', uuid()], [$kim, 'group', $slow, 'too soon', uuid()]);
@rows = $pg->call('send_batch', (MagpiePg::sending(@asked))[1 .. 5]);
my %none   = map { $_ => undef } @mcols, qw(problem field repeated outbox_id readers retry_after_s mentions);
my @common = map { { %none, idx => $_ + 1, contact_type => $asked[$_][1], contact_id => $asked[$_][2] } } 0 .. 4;
my @shown  = map { { kind => 'text', from_id => $asked[$_][0], msg => $asked[$_][3], client_id => $asked[$_][4] } } 0 .. 2;
is_deeply [map { { %$_, timestamp => undef, outbox_id => undef } } @rows], [
    { %{ $common[0] }, %{ $shown[0] }, from_name => 'Alex', repeated => 0, readers => [$alex, $kim], seq => $known_seq + 2, rev => $known_seq + 2 },
    { %{ $common[1] }, %{ $shown[1] }, from_name => 'Kim', repeated => 0, readers => [$alex, $kim], seq => 3, rev => 3, mentions => "[$alex]" },
    { %{ $common[2] }, %{ $shown[2] }, from_name => 'Alex', repeated => 1, readers => [], seq => $known_seq, rev => $known_seq + 1, msg => 'known, edited' },
    { %{ $common[3] }, problem => 'not-friends', field => 'to' },
    { %{ $common[4] }, problem => 'slow-mode', retry_after_s => 60 }], 'old workers get all of a message';
is_deeply [map { defined $_->{timestamp} ? 'said' : '-' } @rows], [qw(said said said - -)], '... with its time';
is_deeply [map { $_->{msg} } map { $pg->call('outbox_events', [$_]) } map { $_->{outbox_id} // () } @rows], ['new', 'hello @alex'],
    '... and a row of the outbox for each new one';

# --- the whole of it ---

is_deeply [$pg->rows('select c.id from magpie.conversation c where c.rev <>
    (select coalesce(max(m.rev), 0) from magpie.message m where m.conversation_id = c.id)')], [], 'each counter is its newest number';
is_deeply [$pg->rows('select conversation_id from magpie.message where rev = seq group by 1
    having count(*) + (select count(*) from magpie.message e where e.rev > e.seq and e.conversation_id = message.conversation_id) * 2
       <> (select rev from magpie.conversation c where c.id = conversation_id)')], [], 'no number was lost';
is $pg->value(q{select count(*) from magpie.message m where m.kind = 'text' and not exists (select from magpie.message_key k
    where k.sender = m.from_id and k.client_id = m.client_id)}), 0, 'each message has its key';
is $pg->value(q{select count(*) from magpie.message m where not exists (select from magpie.outbox o
    where o.conversation_id = m.conversation_id and o.seq = m.seq
       or (m.conversation_id, m.seq) in (select * from unnest(o.conversation_ids, o.seqs)))}), 0, 'and its outbox row';

$pg->log_ok;
done_testing;
