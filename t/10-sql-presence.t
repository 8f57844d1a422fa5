#!/usr/bin/perl
# Presence in SQL: what somebody chose, who is told, and when somebody was last seen.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($alex, $kim, $max, $eve) = map { $pg->user($_) } qw(alex kim max eve);
$pg->befriend($alex, $_) for $kim, $max;
my %first = (find_me => 'everybody', ask_me => 'everybody', presence => 'online', last_seen => 'friends');

sub change { my ($user, %to) = @_; return $pg->call('own_settings_change', $user, @to{qw(find_me ask_me presence last_seen)}) }
sub chosen { my ($user) = @_; return $pg->call('presence_chosen', "{$user}") }

# Tells that the people came (1) or went (0); who is told, and when they were last seen.
sub told {
    my (@news) = @_;
    my (@users, @gone);
    while (my ($user, $there) = splice @news, 0, 2) { push @users, $user; push @gone, $there ? 'f' : 't' }
    my @rows = $pg->call('presence_friends', '{' . join(',', @users) . '}', '{' . join(',', @gone) . '}');
    return { map { $_->{user_id} => $_ } @rows };
}
sub seen { my ($me, $other) = @_; my ($row) = $pg->call('last_seen_of', $me, "{$other}"); return $row && $row->{last_seen} }

# --- choosing ---

is_deeply $pg->call('own_settings', $alex), \%first, 'what holds at first';
my $changed = change($alex, presence => 'busy');
is_deeply { map { $_ => $changed->{$_} } keys %first }, { %first, presence => 'busy' }, 'one is busy';
my ($event) = $pg->call('outbox_events', $changed->{outbox});
is_deeply decode_json($event->{event}), { type => 'settings', me_rev => $changed->{me_rev}, settings => { %first, presence => 'busy' } }, 'one\'s own tabs hear of it';
is_deeply $event->{readers}, [$alex], '... and nobody else';
is_deeply chosen($alex), { user_id => $alex, presence => 'busy', me_rev => $changed->{me_rev} }, 'workers find it, and the number of the change';
is_deeply change($alex, presence => 'busy')->{outbox}, [], 'the same again tells nobody';
is change($alex, presence => 'busy')->{me_rev}, $changed->{me_rev}, '... and has no new number';
my $next = change($alex, presence => 'invisible', last_seen => 'friends');
cmp_ok $next->{me_rev}, '>', $changed->{me_rev}, 'a later choice has a higher one';
is_deeply $pg->call('settings', $alex), { find_me => 'everybody', ask_me => 'everybody' }, 'a worker of before reads';
is_deeply $pg->call('settings_change', $alex, 'nobody', undef)->{problem}, undef, '... and changes';
is_deeply $pg->call('own_settings', $alex), { %first, find_me => 'nobody', presence => 'invisible' }, 'what it knows, and no more';
is_deeply [$pg->call('presence_chosen', '{}')], [], 'nobody chose nothing';

# --- who is told, and when one was there ---

is_deeply told($alex, 1)->{$alex}, { user_id => $alex, last_seen => undef, friends => [$kim, $max] }, 'friends are told who came';
is seen($kim, $alex), undef, 'and see nothing yet';
is_deeply told($eve, 1, $kim, 1), { $eve => { user_id => $eve, last_seen => undef, friends => [] },
    $kim => { user_id => $kim, last_seen => undef, friends => [$alex] } }, 'of several, each one\'s';
my $went = told($alex, 0, $eve, 1)->{$alex};
like $went->{last_seen}, qr/^20\d\d-\d\d-\d\dT.*Z$/, 'who goes is seen until then';
is seen($_, $alex), $went->{last_seen}, '... by a friend' for $kim, $max;
is seen($eve, $alex), undef, '... by nobody else';
is seen($alex, $alex), undef, '... nor by oneself';
told($alex, 1);
is seen($kim, $alex), $went->{last_seen}, 'coming changes nothing of it';
$pg->psql("update magpie.seen set at = now() - interval '1 day'");
isnt seen($kim, $alex), $went->{last_seen}, '(it is a day later)';
is told($alex, 0)->{$alex}{last_seen}, seen($kim, $alex), 'going does';
cmp_ok seen($kim, $alex), 'ge', $went->{last_seen}, '... forwards';

is change($alex, last_seen => 'nobody')->{last_seen}, 'nobody', 'one may let nobody see it';
is seen($kim, $alex), undef, 'then nobody does';
is told($alex, 0)->{$alex}{last_seen}, undef, 'nor is it told';
is $pg->value('select count(*) from magpie.seen'), 0, 'nor noted';
change($alex, last_seen => 'friends');
is seen($kim, $alex), undef, 'nothing of that time is seen later';
told($alex, 0);
isnt seen($kim, $alex), undef, 'but from then on';

told($kim, 0, $max, 0);
for my $order ([$kim, $max], [$max, $kim], [$max, $eve, $alex, $kim]) {
    my %friend = ($kim => 1, $max => 1);
    is_deeply [map { $_->{user_id} } $pg->call('last_seen_of', $alex, '{' . join(',', @$order) . '}')], [grep { $friend{$_} } @$order], 'in the order of asking';
}

$pg->call('block_add', $alex, $kim);
is seen($kim, $alex), undef, 'whom one blocks sees nothing';
is_deeply told($alex, 0)->{$alex}{friends}, [$max], 'and is told nothing';

# --- many at once, in any order ---

my @crowd = map { $pg->user("crowd$_") } 1 .. 20;
for my $round (1 .. 5) {
    my @answers = $pg->at_once((map { ['presence_friends', '{' . join(',', $round % 2 ? @crowd : reverse @crowd) . '}', '{' . join(',', ('t') x @crowd) . '}'] } 1 .. 2),
        (map { ['presence_friends', '{' . join(',', sort { $a <=> $b } @crowd[$_ .. 19], $alex) . '}', '{' . join(',', ('t') x (21 - $_)) . '}'] } 0 .. 1),
        ['own_settings_change', $crowd[3], undef, undef, undef, $round % 2 ? 'nobody' : 'friends']);
    is scalar(grep { !@$_ } @answers), 0, "round $round: no deadlock";
}

# --- the end of an account ---

is $pg->call('account_delete', $alex, 'hash', 1)->{problem}, undef, 'an account is deleted';
is $pg->value("select count(*) from magpie.seen where user_id = $alex"), 0, 'when it was there goes';
is_deeply [map { scalar(() = @$_) } [$pg->call('own_settings', $alex)], [change($alex, presence => 'busy')], [chosen($alex)]], [0, 0, 0], 'and nothing is chosen';
told($alex, 0);
is $pg->value("select count(*) from magpie.seen where user_id = $alex"), 0, 'its last tab leaves no trace';

$pg->log_ok;
done_testing;
