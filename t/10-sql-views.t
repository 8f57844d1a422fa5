#!/usr/bin/perl
# One's own view of a conversation in SQL: what is pinned, muted, hidden, marked as unread and cleared; a
# history that is open to who joins. What is unread, the newest and in the history is the same in all
# answers, whatever happens in whatever order.
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
$pg->befriend($alex, $max);
my $group = $pg->group('Birds', $alex, $kim);           # 1: made, 2: Kim added

sub contact {
    my ($user, $type, $id) = @_;
    return (grep { $_->{what} eq 'contact' && $_->{contact_type} eq $type && $_->{contact_id} == $id }
        $pg->call('catch_up', $user, [], [], []))[0];
}
sub view {
    my $more = contact(@_)->{more};
    return { map { $_ => $more->{$_} } qw(pinned muted mentions hidden hidden_seq marked_unread cleared_seq) };
}
sub change {
    my ($user, $type, $id, %change) = @_;
    return $pg->call('conversation_change', $user, $type, $id, @change{qw(pinned muted mentions hidden marked_unread)});
}
sub clear { return $pg->call('conversation_clear', @_) }
my $json = JSON::PP->new->boolean_values(0, 1);
sub events { my ($row) = @_; return map { $json->decode($_->{event}) } $pg->call('outbox_events', $row->{outbox}) }
sub seqs { return [map { $_->{seq} // () } $pg->call('history', @_[0 .. 2], undef, undef, 200)] }
sub changed { return [sort { $a <=> $b } map { $_->{seq} // () } $pg->call('history', @_[0 .. 2], undef, 0, 200)] }
sub conversation_of { my ($of) = @_; return $pg->value("select id from magpie.conversation where group_id = $of") }

# Takes an entry back, as its author will.
sub recall {
    my ($conversation, $seq) = @_;
    $pg->psql("with c as (update magpie.conversation set rev = rev + 1 where id = $conversation returning rev)
        update magpie.message m set kind = 'recalled', msg = '', rev = c.rev from c where m.conversation_id = $conversation and m.seq = $seq");
    return;
}

# Lets somebody into a group whose history is open to all from a number on (undef: from joining on).
sub joins {
    my ($conversation, $user, $from) = @_;
    $pg->psql("set search_path = magpie; select membership_begin($conversation, $user, 'member', n.seq, " . ($from // 'null') . ")
        from group_notice($conversation, 'member-joined', $user, null) n");
    return;
}

my %plain = (pinned => 0, muted => 0, mentions => 1, hidden => 0, hidden_seq => undef, marked_unread => 0, cleared_seq => 0);

subtest 'pinned, muted, mentions' => sub {
    is_deeply view($kim, @$_), \%plain, "$_->[0]: as it is from the start" for ['single', $alex], ['group', $group];
    is_deeply view($alex, 'single', $kim), \%plain, 'for both';
    my $me_rev = $pg->call('me', $kim)->{me_rev};
    my $row = change($kim, 'single', $alex, pinned => 1, mentions => 0);
    is_deeply [events($row)], [{
        %plain, pinned => 1, mentions => 0, type => 'conversation', me_rev => $me_rev + 1,
        contact_type => 'single', contact_id => $alex, unread => 0, mentioned => 0,
    }], 'a change tells my own tabs, and says all';
    is_deeply [map { @{ $_->{readers} } } $pg->call('outbox_events', $row->{outbox})], [$kim], '... and nobody else';
    is_deeply view($kim, 'single', $alex), { %plain, pinned => 1, mentions => 0 }, 'so it is';
    is_deeply view($alex, 'single', $kim), \%plain, 'for the other nothing is so';
    my $before = $pg->fingerprint;
    for ({}, { pinned => 1 }, { pinned => 1, muted => 0, mentions => 0, hidden => 0, marked_unread => 0 }) {
        is_deeply change($kim, 'single', $alex, %$_)->{outbox}, [], 'what changes nothing tells nothing';
    }
    is $pg->fingerprint, $before, '... and stores nothing';
    change($kim, 'single', $alex, %{$_}) for { muted => 1, pinned => 0 }, { mentions => 1 }, { marked_unread => 1 };
    is_deeply view($kim, 'single', $alex), { %plain, muted => 1, marked_unread => 1 }, 'each stays as it is where it is left out';
    change($kim, 'single', $alex, muted => 0, marked_unread => 0);
    is_deeply view($kim, 'single', $alex), \%plain, 'and back';
};

subtest 'who never was in it' => sub {
    my $before = $pg->fingerprint;
    for my $case (['single', 999], ['single', $eve], ['single', $alex], ['group', 999], ['both', $kim], ['single', 0]) {
        is_deeply change($alex, @$case, pinned => 1), { problem => 'not-found', field => undef, outbox => undef }, "changing @$case";
        is_deeply clear($alex, @$case, 1), { problem => 'not-found', field => undef, outbox => undef }, "clearing @$case";
    }
    is_deeply change($eve, 'group', $group, pinned => 1), { problem => 'not-found', field => undef, outbox => undef }, 'a group of others';
    is_deeply clear($eve, 'single', $kim, 1), { problem => 'not-found', field => undef, outbox => undef }, 'a conversation of others';
    is $pg->fingerprint, $before, 'stores nothing';
};

subtest 'hidden' => sub {
    my $hidden = sub { my ($v) = @_; $v //= view($kim, 'group', $group); return "$v->{hidden} " . ($v->{hidden_seq} // '-') };
    is $hidden->((events(change($kim, 'group', $group, hidden => 1)))[0]), '1 2', 'hidden, with the number of then';
    is $hidden->(), '1 2', 'so it is';
    is_deeply change($kim, 'group', $group, hidden => 1)->{outbox}, [], 'twice';
    $pg->call('group_add', $alex, $group, $max);
    is $hidden->(), '1 2', 'a notice is no message';
    $pg->send($alex, 'group', $group, 'here I am');
    is $hidden->(), '0 -', 'a message shows it again';
    is view($max, 'group', $group)->{hidden}, 0, 'it was so for me alone';
    is $hidden->((events(change($kim, 'group', $group, hidden => 1)))[0]), '1 4', 'hidden anew, with a later number';
    $pg->send($kim, 'group', $group, 'one of my own');
    is $hidden->(), '0 -', 'a message of my own shows it too';
    recall(conversation_of($group), 5);
    is $hidden->(), '0 -', 'and does not hide it again when it is taken back';
    clear($kim, 'group', $group, 99);
    is $hidden->(), '0 -', 'nor when it is cleared';
    change($kim, 'group', $group, hidden => 1);
    clear($kim, 'group', $group, 99);
    is $hidden->(), '1 6', 'what is cleared while nothing came stays hidden';
    is $hidden->((events(change($kim, 'group', $group, hidden => 0)))[0]), '0 -', 'shown by hand';

    # A message that is under way when it is hidden shows it.
    my $sender = $pg->session;
    $sender->do('begin');
    $sender->call(MagpiePg::sending([$alex, 'group', $group, 'under way']));
    is $hidden->((events(change($kim, 'group', $group, hidden => 1)))[0]), '1 6', 'hidden meanwhile';
    $sender->do('commit');
    is $hidden->(), '0 -', 'and shown when it has come';

    # Outside of my time nothing comes.
    $pg->call('group_remove', $kim, $group, $kim);
    change($kim, 'group', $group, hidden => 1);
    $pg->send($alex, 'group', $group, 'without her');
    is $hidden->(), '1 8', 'a message that I may not see shows nothing';
    $pg->call('group_add', $alex, $group, $kim);
    is $hidden->(), '1 8', 'nor does coming back';
    $pg->send($alex, 'group', $group, 'with her');
    is $hidden->(), '0 -', 'the first one that I see does';
};

subtest 'marked as unread' => sub {
    change($kim, 'single', $alex, marked_unread => 1);
    my @told = events($pg->call('read_mark', $kim, 'single', $alex, 1));
    is_deeply [map { "$_->{type} " . ($_->{marked_unread} // '') } @told], ['conversation 0'], 'goes with a mark, even where nothing was said';
    is view($kim, 'single', $alex)->{marked_unread}, 0, 'so it is';
    $pg->send($alex, 'single', $kim, 'hello');
    change($kim, 'single', $alex, marked_unread => 1);
    @told = events($pg->call('read_mark', $kim, 'single', $alex, 1));
    is_deeply [map { "$_->{type} $_->{unread}" } @told], ['read 0', 'conversation 0'], 'with one that moves too';
    is $told[1]{me_rev}, $told[0]{me_rev} + 1, 'each event has a number';
    change($kim, 'single', $alex, marked_unread => 1);
    is_deeply [map { $_->{type} } events($pg->call('read_mark', $kim, 'single', $alex, 1))], ['conversation'], 'with one that does not';
    is_deeply $pg->call('read_mark', $kim, 'single', $alex, 1)->{outbox}, [], 'again: nothing';
    is contact($kim, 'single', $alex)->{unread}, 0, 'the count is that of the messages alone';
};

subtest 'cleared' => sub {
    my $birds = $pg->group('Cleared', $alex, $kim);     # 1, 2
    my $conversation = conversation_of($birds);
    my @kims = ($kim, 'group', $birds);
    is_deeply [map { $_->{cleared_seq} } events(clear(@kims, 1))], [1], 'a notice can be cleared';
    is_deeply clear(@kims, $_)->{outbox}, [], "up to $_ again: nothing" for 1, 0, -5;
    $pg->send($alex, 'group', $birds, "m$_") for 3 .. 8;
    my ($before) = map { $_->{revs} } $pg->call('revs_of', [$kim]);
    my $rev = contact(@kims)->{rev};

    my ($event) = events(clear(@kims, 5));
    is_deeply [@$event{qw(type cleared_seq unread)}], ['conversation', 5, 3], 'up to a number: the event says what is left unread';
    is_deeply seqs(@kims), [6 .. 8], 'the history begins behind it';
    is_deeply changed(@kims), [6 .. 8], 'so do the changes';
    is_deeply [map { $_->{m_seq} } grep { $_->{what} eq 'message' } $pg->call('catch_up', $kim, ['group'], [$birds], [0])], [6 .. 8],
        'and those of a resync';
    is_deeply [@{ contact(@kims) }{qw(unread rev m_seq)}], [3, $rev, 8], 'unread are those behind it; the counter stays';
    is_deeply [map { $_->{more} ? 'more' : 'all' } $pg->call('history', @kims, 7, undef, 1)], ['all'], 'there is nothing before them';
    is_deeply seqs($alex, 'group', $birds), [1 .. 8], 'the other has all of it';
    is contact($alex, 'group', $birds)->{more}{cleared_seq}, 0, '... and has cleared nothing';
    is_deeply clear(@kims, 4)->{outbox}, [], 'it never goes backwards';

    my $last = $pg->send($alex, 'group', $birds, 'm9');
    ($event) = events(clear(@kims, 999));
    is_deeply [@$event{qw(cleared_seq unread)}], [9, 0], 'beyond the newest means the newest';
    is_deeply [@{ contact(@kims) }{qw(unread rev read_seq m_seq)}], [0, $rev + 1, 0, undef], 'nothing is left, and nothing unread';
    is_deeply [seqs(@kims), changed(@kims)], [[], []], 'anywhere';
    is_deeply clear(@kims, 999)->{outbox}, [], 'twice: nothing';
    is $pg->call('read_mark', @kims, 999)->{problem}, undef, 'a mark is no error';
    is contact(@kims)->{read_seq}, 0, '... and has nothing to move to';
    is_deeply [map { @{ $_->{readers} } } $pg->call('outbox_lease', [$last->{outbox_id}], 30, 1)], [$alex, $kim],
        'what was still to be pushed is';
    my ($change) = grep { $_->{what} eq 'change' } $pg->call('catch_up', $kim, ['group'], [$birds], [2]);
    is_deeply [@$change{qw(rev reset gone)}], [9, 0, 0], 'a tab that was behind comes to the number';

    my $next = $pg->send($alex, 'group', $birds, 'm10');
    is_deeply $next->{readers}, [$alex, $kim], 'what is said next comes';
    is_deeply [@{ contact(@kims) }{qw(unread m_seq)}], [1, 10], 'and is unread';
    my $other = contact($alex, 'single', $kim);
    is $pg->value("select count(*) from magpie.membership where cleared_seq > 0 and user_id = $alex"), 0, 'nobody else has lost a thing';

    # Taken back, in the cleared part and behind it.
    recall($conversation, 7);
    is $pg->value("select magpie.recall_readers($conversation, 7)::text"), "{$alex}", 'a recall in the cleared part is not told';
    is_deeply changed(@kims), [10], '... nor among the changes';
    is contact(@kims)->{unread}, 1, '... nor counted';
    is contact(@kims)->{rev}, 11, 'but in the counter';
    recall($conversation, 10);
    is $pg->value("select magpie.recall_readers($conversation, 10)::text"), "{$alex,$kim}", 'one behind it is';
    is_deeply [@{ contact(@kims) }{qw(unread m_seq m_kind)}], [0, 10, 'recalled'], 'and no longer unread';

    # Of what is in a group that was left.
    $pg->call('group_remove', $kim, $birds, $kim);
    $pg->send($alex, 'group', $birds, 'without her');
    ($event) = events(clear(@kims, 999));
    is $event->{cleared_seq}, 13, 'in a group that was left: up to the leaving';
    $pg->call('group_add', $alex, $birds, $kim);
    is_deeply seqs(@kims), [15], 'back in it, what was cleared stays so';
};

subtest 'the sum of revs' => sub {
    my $sum = sub { ($pg->call('revs_of', [$max]))[0]{revs} };
    my $fingerprint = sub { join ',', map { "$_->{contact_type}$_->{contact_id}:$_->{rev}" } grep { $_->{what} eq 'contact' } $pg->call('catch_up', $max, [], [], []) };
    my ($sum_before, $revs, $me_rev) = ($sum->(), $fingerprint->(), $pg->call('me', $max)->{me_rev});
    clear($max, 'group', $group, 99);
    is $fingerprint->(), $revs, 'clearing changes no conversation\'s rev';
    isnt $sum->(), $sum_before, 'but my own number';
    $pg->psql("update magpie.account set me_rev = $me_rev where id = $max");
    is $sum->(), $sum_before, '... and nothing else';
};

subtest 'a history that is open' => sub {
    my $open = $pg->group('Open', $alex);               # 1
    my $conversation = conversation_of($open);
    $pg->send($alex, 'group', $open, "m$_") for 2 .. 5;
    my @kims = ($kim, 'group', $open);
    joins($conversation, $kim, 0);                      # 6
    is_deeply [@{ contact(@kims) }{qw(unread read_seq m_seq rev)}], [0, 6, 6, 6], 'what was before is not unread';
    is_deeply [seqs(@kims), changed(@kims)], [[1 .. 6], [1 .. 6]], 'but there';
    $pg->send($alex, 'group', $open, 'm7');
    is contact(@kims)->{unread}, 1, 'what comes is unread';
    recall($conversation, 3);                           # 8
    is $pg->value("select magpie.recall_readers($conversation, 3)::text"), "{$alex,$kim}", 'a recall of then is told';
    clear(@kims, 3);
    is_deeply seqs(@kims), [4 .. 7], 'it can be cleared';
    joins($conversation, $max, undef);                  # 9
    is_deeply seqs($max, 'group', $open), [9], 'who joins while it is not open sees nothing of before';

    $pg->call('group_remove', $max, $open, $max);       # 10
    $pg->send($alex, 'group', $open, 'm11');
    joins($conversation, $max, 0);                      # 12
    is_deeply seqs($max, 'group', $open), [1 .. 7, 9 .. 12], 'who comes back while it is open sees each entry once';
    is contact($max, 'group', $open)->{unread}, 0, '... and has read them';
    $pg->call('group_remove', $max, $open, $max);       # 13
    $pg->send($alex, 'group', $open, 'm14');
    joins($conversation, $max, undef);                  # 15
    is_deeply [seqs($max, 'group', $open), changed($max, 'group', $open)], [[1 .. 7, 9 .. 13, 15], [1 .. 7, 9 .. 13, 15]],
        'and keeps what was seen then, in one piece';
    is $pg->value("select count(*) from magpie.past_membership where conversation_id = $conversation and user_id = $max"), 1, '... which is one span';
    $pg->call('group_remove', $max, $open, $max);       # 16
    joins($conversation, $max, undef);                  # 17
    is_deeply seqs($max, 'group', $open), [1 .. 7, 9 .. 13, 15 .. 17], 'and another behind it';
};

# Anything in any order, against a model that knows nothing of SQL: what each may see is a set.
subtest 'anything in any order' => sub {
    my $seed = $ENV{SEED} // 1 + int rand 1_000_000;
    srand $seed;
    my $wild = $pg->group("Wild", $alex, $kim, $max);   # 1, 2, 3
    my $conversation = conversation_of($wild);
    my $rev = 3;
    my %entry = map { $_ => { from => $alex, kind => 'notice' } } 1 .. 3;
    my %see = (                                         # left: the rev of then
        $alex => { map { $_ => 1 } 1 .. 3 }, $kim => { map { $_ => 1 } 2 .. 3 }, $max => { 3 => 1 });
    my %left;
    my %read = map { $_ => 0 } $alex, $kim, $max;
    my %cleared = %read;
    my (%hidden, %marked);                              # hidden: the number of then
    my $is_hidden = sub {
        my ($who) = @_;
        return 0 + (defined $hidden{$who} && !grep { $_ > $hidden{$who} && $entry{$_}{kind} ne 'notice' } keys %{ $see{$who} });
    };
    my $said = sub {
        my ($from, $kind) = @_;
        $entry{ ++$rev } = { from => $from, kind => $kind };
        $see{$_}{$rev} = 1 for grep { !$left{$_} } keys %see;
        return $rev;
    };
    my @log;
    my %do = (
        send => sub {
            my ($who) = @_;
            return if $left{$who};
            my $msg = ('x', '@kim', '@all')[rand 3];
            $pg->send($who, 'group', $wild, $msg);
            my $seq = $said->($who, 'text');
            $entry{$seq}{meant} = { map { $_ => 1 } $msg eq '@kim' ? $kim : $msg eq '@all' && $who == $alex ? ($kim, $max) : () };
        },
        recall => sub {
            my @texts = grep { $entry{$_}{kind} eq 'text' } keys %entry or return;
            my $seq = $texts[rand @texts];
            recall($conversation, $seq);
            $entry{$seq}{kind} = 'recalled';
            $rev++;
        },
        read => sub {
            my ($who) = @_;
            my $seq = 1 + int rand $rev + 3;
            $pg->call('read_mark', $who, 'group', $wild, $seq);
            my ($newest) = sort { $b <=> $a } keys %{ $see{$who} };
            my ($to) = sort { $a <=> $b } $seq, $newest // 0;
            $read{$who} = $to if $to > $read{$who};
            delete $marked{$who};
        },
        view => sub {
            my ($who) = @_;
            my %to = map { $_ => int rand 2 } grep { rand() < 0.5 } qw(pinned muted mentions hidden marked_unread);
            change($who, 'group', $wild, %to);
            $marked{$who} = $to{marked_unread} if exists $to{marked_unread};
            return if !exists $to{hidden};
            if (!$to{hidden}) { delete $hidden{$who} }
            elsif (!$is_hidden->($who)) { $hidden{$who} = $left{$who} // $rev }
        },
        clear => sub {
            my ($who) = @_;
            delete $hidden{$who} if !$is_hidden->($who);
            my $seq = 1 + int rand $rev + 3;
            clear($who, 'group', $wild, $seq);
            my ($newest) = sort { $b <=> $a } keys %{ $see{$who} };
            ($seq) = sort { $a <=> $b } $seq, $newest // 0;
            delete @{ $see{$who} }{ grep { $_ <= $seq } keys %{ $see{$who} } };
            $cleared{$who} = $seq if $seq > $cleared{$who};
        },
        leave => sub {
            my ($who) = @_;
            return if $who == $alex || $left{$who};
            $pg->call('group_remove', $who, $wild, $who);
            $left{$who} = $said->($who, 'notice');
        },
        join => sub {
            my ($who) = @_;
            return if !$left{$who};
            my $open = rand() < 0.5;
            delete $left{$who};
            if ($open) { joins($conversation, $who, 0) }
            else { $pg->call('group_add', $alex, $wild, $who) }
            my $seq = $said->($open ? $who : $alex, 'notice');
            return if !$open;
            $see{$who}{$_} = 1 for grep { $_ > $cleared{$who} } keys %entry;
            $read{$who} = $seq if $seq > $read{$who};
        },
    );
    my @acts = (('send') x 5, ('recall') x 2, ('read') x 2, 'clear', 'leave', ('join') x 2, ('view') x 3);
    my $wrong;
    for my $step (1 .. 250) {
        my ($act, $who) = ($acts[rand @acts], ($alex, $kim, $max)[rand 3]);
        push @log, "$act $who";
        $do{$act}->($who);
        for my $user ($alex, $kim, $max) {
            my $contact = contact($user, 'group', $wild);
            my @seen = sort { $a <=> $b } keys %{ $see{$user} };
            my @unread = grep { $_ > $read{$user} && $entry{$_}{kind} eq 'text' && $entry{$_}{from} != $user } @seen;
            my $mentioned = grep { $entry{$_}{meant}{$user} } @unread;
            my $got = [$contact->{unread}, $contact->{more}{mentioned}, @$contact{qw(read_seq rev m_seq)}, @{ $contact->{more} }{qw(hidden marked_unread)},
                seqs($user, 'group', $wild), changed($user, 'group', $wild)];
            my $expected = [scalar @unread, $mentioned, $read{$user}, $left{$user} // $rev, $seen[-1], $is_hidden->($user), $marked{$user} // 0,
                [@seen > 200 ? @seen[-200 .. -1] : @seen], [@seen]];
            $wrong = "step $step, user $user" if encode_json($got) ne encode_json($expected);
            is_deeply $got, $expected, "$wrong (SEED=$seed): unread, mentioned, read_seq, rev, newest, hidden, marked, history, changes" or diag "@log" if $wrong;
            last if $wrong;
        }
        last if $wrong;
    }
    ok !$wrong, "250 steps (SEED=$seed)";
};

subtest 'the catch_up of before' => sub {
    my $old = $pg->session;
    $pg->psql(q{begin;
        drop function magpie.catch_up(int8, text[], int8[], int8[]);
        create function magpie.catch_up(p_me int8, p_have_type text[], p_have_id int8[], p_have_rev int8[]) returns table (what text, contact_id int8)
        language sql stable security definer set search_path = magpie, pg_temp as $f$ select 'me', p_me $f$;
        grant execute on function magpie.catch_up(int8, text[], int8[], int8[]) to magpie_worker;
        commit});
    is_deeply [$old->call('catch_up', $kim, [], [], [])], [{ what => 'me', contact_id => $kim }], 'an old one';
    is(($pg->migrate)[0], 0, 'gives way');
    is_deeply [map { $_->{more} ? 1 : 0 } grep { $_->{what} eq 'contact' } $old->call('catch_up', $kim, [], [], [])],
        [(1) x $pg->value("select count(*) from magpie.membership where user_id = $kim")], 'to the new one, on the connections that there are';
    my $oid = $pg->value("select 'magpie.catch_up'::regproc::oid");
    $pg->migrate;
    is $pg->value("select 'magpie.catch_up'::regproc::oid"), $oid, 'once';
    is_deeply [grep { exists $_->{more} } $pg->call('resync', $kim, [], [], [])], [], 'a worker of before 0006 has the columns that it had';
};

$pg->log_ok;
done_testing;
