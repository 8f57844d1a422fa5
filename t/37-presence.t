#!/usr/bin/perl
# Presence: a friend is online while a poll of theirs is held, and ten seconds beyond; friends hear of
# each change, and nobody else does.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $eve    = $magpie->user('eve');

sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }
settle();

# What each route says: is kim online, as `user` sees her?
sub online {
    my ($user) = @_;
    my ($friend)  = grep { $_->{id} == $kim->id } @{ $user->get('/api/friends')->json->{friends} };
    my ($contact) = grep { $_->{contact_id} == $kim->id } @{ $user->post('/api/changes', {})->json->{contacts} };
    return [map { $_->{online} ? 'online' : 'away' } $friend, $contact];
}

# The presence events of kim in a tab until the newest says so, within `seconds`.
sub hears {
    my ($tab, $online, $seconds) = @_;
    return wait_until {
        my @events = grep { $_->{type} eq 'presence' && $_->{user_id} == $kim->id } $tab->events(timeout => 1);
        @events && !$events[-1]{online} == !$online;
    } $seconds;
}

is_deeply online($alex), ['away', 'away'], 'who never was there is away';
my ($his, $hers, $strangers) = map { $_->open_queue } $alex, $kim, $eve;
is_deeply online($alex), ['away', 'away'], 'a queue alone is no presence';

my $held = $hers->begin(timeout => 30);
ok hears($his, 1, 5), 'a held poll is: her friend hears of it';
is_deeply online($alex), ['online', 'online'], 'and finds her online';
my $elsewhere = $kim->other_browser->open_queue;
my $other = $elsewhere->begin(timeout => 30);
is $other->wait(0.3), undef, 'she has a second tab';

my $left = time;
$held->close;
$other->close;
is_deeply online($alex), ['online', 'online'], 'when the last poll ends she is online still';
ok hears($his, 0, 20), 'then her friend hears that she went';
my $gone = time - $left;
ok $gone > 9 && $gone < 14, sprintf 'ten seconds later (%.1f s)', $gone;
is_deeply online($alex), ['away', 'away'], 'and finds her away';

$held = $hers->begin(timeout => 30);
ok hears($his, 1, 5), 'she comes back';
$held->close;
$hers->poll(timeout => 0);
is_deeply [grep { $_->{type} eq 'presence' } $his->events(timeout => 2)], [], 'a pause between two polls is no news';

$held = $hers->begin(timeout => 30);
$magpie->redis('FLUSHALL');
$his = $alex->open_queue;
ok wait_until(sub { online($alex)->[0] eq 'online' }, 8), 'Redis forgets everything, and soon knows her again';
is_deeply [$strangers->{user}->open_queue->events(timeout => 0)], [], 'a stranger hears nothing';

$alex->delete('/api/friends/' . $kim->id);
my ($contact) = grep { $_->{contact_id} == $kim->id } @{ $alex->post('/api/changes', {})->json->{contacts} };
ok $contact->{ended}, 'a friendship that ended';
ok !$contact->{online}, 'shows no presence';

done_testing;
