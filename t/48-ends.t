#!/usr/bin/perl
# A session that ends and a member who is removed: within a second nobody of them is told anything, in any
# worker, also where Redis refused the push of it or came back as an old copy of itself.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use FastCgi;
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
sub settle { return ok wait_until(sub { $magpie->psql('select count(*) from magpie.outbox') == 0 }, 10), 'the outbox is empty' }

# Polls of one session, held by both workers: each on a connection of its own, which only a worker that runs can take.
sub hold {
    my ($browser) = @_;
    my @tabs = map { $browser->open_queue } 1 .. 12;
    my @left = @tabs;
    my $bell = sub { $magpie->redis(HGET => '{u' . $kim->id . '}:t:' . $_[0]->queue . ':m', 'worker') // '' };
    my @held;
    $magpie->on_each_worker(sub {
        my @mine = splice @left, 0, 6;
        for my $tab (@mine) {
            push @held, FastCgi->new($magpie);
            $held[-1]->write(request(GET => '/api/receive?timeout=40&after=0&queue=' . $tab->queue, user => $browser));
        }
        ok wait_until(sub { !grep { !length $bell->($_) } @mine }, 10), 'a worker holds its polls';
    });
    my %bells = map { $bell->($_) => 1 } @tabs;
    is keys %bells, 2, 'each worker holds some';
    return @held;
}

# What became of each within so many seconds.
sub statuses {
    my ($seconds, @held) = @_;
    return [map { my $reply = $_->reply($seconds); $reply ? $reply->{status} : 'held' } @held];
}

subtest 'logging out' => sub {
    settle();
    my $browser = $kim->other_browser;
    my @held    = hold($browser);
    my $began   = time;
    is $browser->logout->status, 204, 'logged out';
    is_deeply statuses(5, @held), [(401) x 12], 'every poll ends with 401';
    cmp_ok time - $began, '<', 1, sprintf 'within %.2f s', time - $began;
};

subtest 'logging out while Redis takes no push' => sub {
    settle();
    my $browser = $kim->other_browser;
    my $cookies = $browser->cookie_header;
    my @held    = hold($browser);
    $magpie->redis(qw(ACL SETUSER default -evalsha));
    $browser->logout;
    refused $magpie->request(GET => '/api/me', undef, cookies => $cookies), 401, 'no-session', undef, 'the session is no good at once';
    $magpie->redis(qw(ACL SETUSER default +evalsha));
    my $healed = time;
    is_deeply statuses(8, @held), [(401) x 12], 'its polls end when Redis takes it';
    cmp_ok time - $healed, '<', 4.5, sprintf '%.1f s later', time - $healed;
};

subtest 'a member who is removed' => sub {
    my $group = $alex->post('/api/groups', { name => 'birds' })->json->{group}{id};
    is $alex->post("/api/groups/$group/members", { user_id => $kim->id })->status, 201, 'a member';
    settle();
    my $tab   = $kim->open_queue;
    my @sends = map { [POST => '/api/send', { contact_type => 'group', to => $group, msg => "around $_", client_id => Magpie->uuid }, $alex] } 1 .. 60;
    splice @sends, 30, 0, [DELETE => "/api/groups/$group/members/" . $kim->id, undef, $alex];
    $magpie->parallel(@sends);
    my $removed = time;
    settle();
    my ($end) = $magpie->psql("select m.left_rev from magpie.membership m join magpie.conversation c on c.id = m.conversation_id
        where c.group_id = $group and m.user_id = " . $kim->id);
    my %seen;
    wait_until(sub { $seen{ $_->{seq} } = 1 for grep { $_->{contact_type} eq 'group' } $tab->receive(timeout => 0); keys %seen >= $end - 2 }, 5);
    is_deeply [sort { $a <=> $b } keys %seen], [3 .. $end], 'gets everything up to that, and nothing behind it';
};

subtest 'Redis as it was before the logout' => sub {
    settle();
    my $browser = $kim->other_browser;
    my $cookies = $browser->cookie_header;
    is $browser->get('/api/me')->status, 200, 'a session, which Redis knows now';
    $magpie->redis('SAVE');
    is $browser->logout->status, 204, 'ends';
    my $ended = time;
    $magpie->kill('redis');
    $magpie->wait_ready;
    my $status = $magpie->request(GET => '/api/me', undef, cookies => $cookies)->status;
    note "right behind the restart: $status";
    ok wait_until(sub { $magpie->request(GET => '/api/me', undef, cookies => $cookies)->status == 401 }, 31), 'it is no good for longer than Redis may know it';
    cmp_ok time - $ended, '<', 31, sprintf '%.1f s', time - $ended;
};
done_testing;
