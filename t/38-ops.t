#!/usr/bin/perl
# Operations: what /healthz, /readyz and /metrics tell; and faults: whatever is killed or emptied, a send
# is committed or a 503, what was committed arrives once, logins stay, and all is well again by itself.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;
use OwnWorker;
use Refused;

my $magpie = Magpie->start(workers => 2, set => 'db.connections=2');
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);

sub ask    { my ($path) = @_; return $magpie->request(GET => $path) }
sub settle { return wait_until { $magpie->psql('select count(*) from magpie.outbox') == 0 } 10 }

# A value on the page of one worker: whichever is asked.
sub metric {
    my ($name) = @_;
    my ($value) = ask('/metrics')->body =~ /^\Q$name\E\{worker="\d+"\} ([0-9.eE+-]+)$/m;
    return $value;
}

# A client's view of one conversation: a tab that polls and resyncs as api.md says. `seen` is what
# came, in order; a number that was seen before is dropped, a hole or 410 is filled from /api/changes.
package Client {
    use Time::HiRes qw(time sleep);

    sub new {
        my ($class, $user, $with) = @_;
        my $self = bless { user => $user, with => $with->id, rev => 0, seen => [] }, $class;
        $self->open while !$self->{tab};
        return $self;
    }

    sub have { my ($self) = @_; return [{ contact_type => 'single', contact_id => $self->{with}, rev => $self->{rev} }] }

    sub take {
        my ($self, @messages) = @_;
        for my $message (sort { $a->{rev} <=> $b->{rev} } @messages) {
            next if $message->{rev} <= $self->{rev};
            return 0 if $message->{rev} > $self->{rev} + 1;
            $self->{rev} = $message->{rev};
            push @{ $self->{seen} }, $message;
        }
        return 1;
    }

    sub changes {
        my ($self, $state) = @_;
        for my $change (grep { $_->{contact_id} == $self->{with} } @{ $state->{changes} }) {
            $self->take(@{ $change->{messages} });
        }
    }

    sub open {
        my ($self) = @_;
        my $reply = $self->{user}->post('/api/queues', { have => $self->have });
        if ($reply->status == 201) {
            my $state = $reply->json;
            $self->{tab} = bless { user => $self->{user}, queue => $state->{queue}, next => 0 }, 'Magpie::Tab';
            $self->changes($state);
        }
        else {
            undef $self->{tab};
            sleep 0.1;
        }
    }

    # One step of the client: a poll of at most a second and what follows from its answer.
    sub step {
        my ($self) = @_;
        return $self->open if !$self->{tab};
        my $reply = $self->{tab}->poll(timeout => 1);
        if ($reply->status == 410) { undef $self->{tab} }
        elsif ($reply->status != 200) { sleep 0.1 }
        else {
            my $answer = $reply->json;
            $self->{tab}{next} = $answer->{next};
            my @messages = map { $_->{message} } grep { $_->{type} eq 'message' } @{ $answer->{events} };
            if (!$self->take(@messages)) {
                my $changes = $self->{user}->post('/api/changes', { have => $self->have });
                $self->changes($changes->json) if $changes->status == 200;
            }
        }
        return;
    }
}

# Sends until it is committed, as a client does: with the same key. Returns the statuses on the way.
sub send_surely {
    my ($msg) = @_;
    my %send = (contact_type => 'single', to => $kim->id, msg => $msg, client_id => Magpie->uuid);
    my @statuses;
    my $deadline = time + 20;
    while (time < $deadline) {
        my $reply = $alex->post('/api/send', \%send);
        push @statuses, $reply->status;
        last if $reply->status =~ /^20/;
        select undef, undef, undef, 0.05;
    }
    return @statuses;
}

subtest 'the three pages' => sub {
    my $health = ask('/healthz');
    is_deeply [$health->status, $health->type, $health->body], [200, 'text/plain', "ok\n"], '/healthz';
    is ask('/readyz')->status, 200, '/readyz';
    $alex->open_queue->poll(timeout => 0) for 1 .. 8;      # an answer of poll's own,
    $alex->get('/api/receive?after=x') for 1 .. 8;         # and one of the same route's that is anyone's
    my $metrics = ask('/metrics');
    is_deeply [$metrics->status, $metrics->type], [200, 'text/plain'], '/metrics';
    like $metrics->header('Content-Type'), qr/version=0\.0\.4/, 'in the form of Prometheus';
    my @bad = grep { !/^# (?:HELP|TYPE) magpie_\w+ ./ && !/^magpie_\w+(?:\{[^}]*\})? [-+0-9.eE]+$/ } split /\n/, $metrics->body;
    is_deeply \@bad, [], 'each line of it';
    my %times;
    $times{$_}++ for map { /^(magpie_\w+(?:\{[^}]*\})?) / } split /\n/, $metrics->body;
    ok scalar(grep { /^magpie_request_seconds_count\{.*route="GET \/api\/receive"\}$/ } keys %times), 'a poll is on it';
    is_deeply [grep { $times{$_} > 1 } sort keys %times], [], 'and no series twice';
    is metric('magpie_redis_up'), 1, 'Redis is up';
    my %named;
    wait_until {
        my @answers = $magpie->parallel(([GET => '/metrics']) x 20);
        $named{$_} = 1 for map { $_->body =~ /\{worker="(\d+)"/g } @answers;
        keys %named > 1;
    } 10;
    is_deeply [sort keys %named], [sort $magpie->worker_pids], 'each worker names itself';
    for my $path (qw(/healthz /readyz /metrics)) {
        is $magpie->request(HEAD => $path)->status, 200, "HEAD $path";
        refused $magpie->request(POST => $path), 405, 'method-not-allowed', undef, "POST $path";
    }
};

subtest 'the version of the schema' => sub {
    my ($newest) = sort { $b <=> $a } map { m{/(\d+)-[^/]+$} } glob Magpie->root . '/sql/migrations/*.sql';
    open my $in, '<', Magpie->root . '/fcgi/health.c' or die $!;
    my ($expected) = map { /SCHEMA_VERSION = (\d+)/ } <$in>;
    is $expected, $newest + 0, 'health.c expects the newest of sql/migrations/';
    $magpie->psql("delete from magpie.schema_migration where number = $expected");
    refused ask('/readyz'), 503, 'database-down', undef, 'an older schema is not ready';
    like ask('/readyz')->json->{detail}, qr/version \d+.*expects $expected/, 'and says so';
    is ask('/healthz')->status, 200, 'but the worker lives';
    $magpie->psql("insert into magpie.schema_migration (number, checksum) values ($expected, repeat('0', 64)), ($expected + 1, repeat('1', 64))");
    is ask('/readyz')->status, 200, 'a newer schema is';
    $magpie->psql("delete from magpie.schema_migration where number > $expected");
};

# A fault, whom it befalls, and which answers senders may get. Messages are sent before it, at once
# behind it, and when the process runs anew; at the end the tab has each once, in order.
my $either = qr/^(?:20[01]|50[234])$/;
my @faults = (
    ['kill -9 of a worker',          ['worker-1'],             sub { kill KILL => $_[0] }, qr/^20[01]$/],   # nginx asks the other
    ['kill -9 of both workers',      ['worker-1', 'worker-2'], sub { kill KILL => @_ }, $either],
    ['SIGTERM of a worker',          ['worker-2'],             sub { kill TERM => $_[0] }, qr/^20[01]$/],
    ['FLUSHALL',                     [],                       sub { $magpie->redis('FLUSHALL') }, qr/^20[01]$/],
    ['kill -9 of Redis',             ['redis'],                sub { kill KILL => $_[0] }, qr/^20[01]$/],
    ['a fast restart of PostgreSQL', ['postgres'],             sub { kill INT => $_[0] }, $either],
    ['an immediate one',             ['postgres'],             sub { kill QUIT => $_[0] }, $either],
    ['kill -9 of PostgreSQL',        ['postgres'],             sub { kill KILL => $_[0] }, $either],
);
my $client = Client->new($kim, $alex);
my $cookie = $alex->cookie_header;
my @sent;

# nginx keeps connections to a worker, and all that it keeps to one that dies fail at once.
subtest 'a worker that dies with sends in hand' => sub {
    my $lee = $magpie->user('lee', friends => [$alex]);
    my $a_send = sub {
        my %send = (contact_type => 'single', to => $lee->id, msg => $_[0], client_id => Magpie->uuid);
        return [POST => '/api/send', \%send, $alex];
    };
    my @tabs = map { $lee->open_queue } 1 .. 24;
    my @held = map { $_->begin(timeout => 1) } @tabs;         # as many connections at one time
    $_->wait(5) for @held;
    my $pid = $magpie->pid('worker-1');
    kill STOP => $pid;
    my @under_way = map { $magpie->begin($a_send->("in hand $_")->@*) } 1 .. 20;
    $_->wait(0.05) for @under_way;
    my $open = grep { !$_->done } @under_way;
    kill KILL => $pid;
    is_deeply [grep { !/^20[01]$/ } map { $_->wait(10)->status } @under_way], [], "all are answered, $open of them by the other worker";
    ok wait_until(sub { my $new = $magpie->pid('worker-1'); $new && $new != $pid }, 10), 'it is started again';
};

for (@faults) {
    my ($what, $names, $befall, $good) = @$_;
    subtest $what => sub {
        my @statuses;
        my $send = sub { my ($msg) = @_; push @sent, $msg; push @statuses, send_surely($msg) };
        my @pids = map { $magpie->pid($_) } @$names;
        $send->("$what: before $_") for 1 .. 3;
        my $held = $client->{tab} ? $client->{tab}->begin(timeout => 20) : undef;
        $held->wait(0.1) if $held;
        $befall->(@pids);
        my $began = time;
        $send->("$what: behind $_") for 1 .. 3;
        my $anew = sub { my ($name, $old) = @_; my $new = $magpie->pid($name); return $new && $new != $old };
        ok wait_until(sub { $anew->($names->[$_], $pids[$_]) }, 10), "$names->[$_] is started again" for 0 .. $#pids;
        $send->("$what: after $_") for 1 .. 3;
        my $sending = time - $began;
        $held->close if $held;
        is_deeply [grep { $_ !~ $good } @statuses], [], 'a send is committed, or says that it is not';
        ok wait_until(sub { $client->step; @{ $client->{seen} } >= @sent }, 20), 'all of it arrives';
        my $level = time - $began;
        is_deeply [map { $_->{msg} } @{ $client->{seen} }], \@sent, 'once, in order';
        ok $level < 15, sprintf 'within %.1f s, of which %.1f s until the last was committed', $level, $sending;
        ok wait_until(sub { ask('/readyz')->status == 200 }, 10), 'and all is ready';
        is $magpie->request(GET => '/api/me', undef, cookies => $cookie)->status, 200, 'the login is good still';
    };
}

# What such a worker leaves behind: PostgreSQL's function was called, and nothing else happened.
subtest 'a worker that dies between commit and push' => sub {
    ok settle(), 'what the faults before left is pushed';
    my $tab = $kim->other_browser->open_queue;
    my ($alex_id, $kim_id) = map { $_->id } $alex, $kim;
    my $left = sub { my ($call) = @_; return $magpie->psql("select count(*) from magpie.$call") };

    push @sent, 'from a dead worker';
    my $began = time;
    $left->(sprintf "send_messages(array[%d], array['single'], array[%d], array['%s'], array['%s'::uuid])", $alex_id, $kim_id, $sent[-1],
        Magpie->uuid);
    is_deeply [map { $_->{msg} } $tab->receive(timeout => 6)], [$sent[-1]], 'a message of it is pushed by another';
    ok time - $began < 5, sprintf 'after %.1f s', time - $began;
    $left->("read_mark($kim_id, 'single', $alex_id, 1000000)");
    is_deeply [map { $_->{type} } $tab->events(timeout => 6)], ['read'], 'as is an event';
    ok settle(), 'and nothing is left in the outbox';

    my $held = $tab->begin(timeout => 20);
    is $held->wait(0.2), undef, 'a poll is held';
    my ($session) = $magpie->psql("select '\\x' || encode(token_hash, 'hex') from magpie.session where user_id = $kim_id order by id desc limit 1");
    $left->("session_end('$session'::bytea)");
    refused $held->wait(6), 401, 'no-session', undef, 'it ends with its session';
};

subtest 'Redis is away for a while' => sub {
    my $redis = $magpie->pid('redis');
    kill STOP => $redis;
    my $began  = time;
    my $reply  = $alex->send(to => $kim, msg => 'without Redis');
    push @sent, 'without Redis';
    is $reply->status, 201, 'a send is committed';
    ok time - $began < 4, sprintf 'in time (%.1f s)', time - $began;
    my $ready = ask('/readyz');
    refused $ready, 503, 'redis-down', undef, 'not ready';
    refused $kim->post('/api/queues', {}), 503, 'redis-down', undef, 'nobody opens a queue';
    is $kim->get('/api/history?contact_type=single&contact_id=' . $alex->id . '&limit=1')->json->{messages}[0]{msg}, 'without Redis',
        'but history has it';
    is $kim->post('/api/changes', {})->status, 200, 'and so has /api/changes';
    kill CONT => $redis;
    ok wait_until(sub { ask('/readyz')->status == 200 }, 10), 'Redis comes back';
    ok wait_until(sub { $client->step; @{ $client->{seen} } >= @sent }, 10), 'and the message arrives';
    is_deeply [map { $_->{msg} } @{ $client->{seen} }], \@sent, 'once, in order';
};

subtest 'a session that ended while Redis was emptied' => sub {
    my $other   = $alex->other_browser;
    my $cookies = $other->cookie_header;
    is $other->get('/api/me')->status, 200, 'a session';
    $other->logout;
    $magpie->redis('FLUSHALL');
    refused $magpie->request(GET => '/api/me', undef, cookies => $cookies), 401, 'no-session', undef, 'stays ended';
};

subtest 'connections to PostgreSQL are ended all the time' => sub {
    for my $n (1 .. 10) {
        $magpie->psql(q(select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'magpie_worker'));
        push @sent, "terminated $n";
        my @statuses = send_surely("terminated $n");
        is_deeply [grep { !/^(?:20[01]|503)$/ } @statuses], [], "message $n: @statuses";
    }
    ok wait_until(sub { $client->step; @{ $client->{seen} } >= @sent }, 10), 'all of it arrives';
    is_deeply [map { $_->{msg} } @{ $client->{seen} }], \@sent, 'once, in order';
};

subtest 'a lock that somebody holds' => sub {
    $magpie->on_each_worker(sub { wait_until { $magpie->ready } 10 });      # both have their connections again
    my $bob = $magpie->user('bob', friends => [$alex]);
    $alex->send(to => $bob, msg => 'first');
    my ($id) = $magpie->psql('select c.id from magpie.conversation c join magpie.message m on m.conversation_id = c.id where msg = '
        . q('first'));
    local %ENV = (%ENV, PGHOST => $magpie->dir . '/run', PGPORT => 5432, PGUSER => 'magpie_owner', PGDATABASE => 'magpie');
    open my $psql, '|-', 'psql', '-XAtq', '-o', '/dev/null' or die $!;
    $psql->autoflush;
    print $psql "begin; select 1 from magpie.conversation where id = $id for update;\n";
    ok wait_until(sub { $magpie->psql("select count(*) from (select from magpie.conversation where id = $id for update skip locked) x") == 0 }, 5),
        'a conversation is locked';
    my $stuck = $alex->begin(POST => '/api/send',
        { contact_type => 'single', to => $bob->id, msg => 'stuck', client_id => Magpie->uuid });
    my @more = map { $magpie->begin(POST => '/api/send',                # more than several batches in each worker
        { contact_type => 'single', to => $bob->id, msg => "stuck $_", client_id => Magpie->uuid }, $alex) } 1 .. 300;
    $_->wait(0.001) for @more;
    my $reply = $alex->send(to => $kim, msg => 'elsewhere');
    push @sent, 'elsewhere';
    is $reply->status, 201, 'another is written in';
    ok $reply->seconds < 1, sprintf 'at once (%.2f s)', $reply->seconds;
    my $busy = $stuck->wait(6);
    refused $busy, 503, 'busy', undef, 'the locked one is busy';
    ok $busy->seconds < 4, sprintf 'which it says after %.1f s', $busy->seconds;
    is_deeply [grep { !$_->wait(6) || $_->wait(0)->status != 503 } @more], [], 'so is it to all who wait for it';
    print $psql "rollback;\n";
    close $psql;
    is $alex->send(to => $bob, msg => 'free again')->status, 201, 'and is free again';
};

# After all this: what each worker wrote of it, and one that can't find its database.
subtest 'the log' => sub {
    my $lost = OwnWorker->start($magpie, 'db.conninfo=host=' . $magpie->dir . '/nowhere');
    ok wait_until(sub { grep { /database connection lost/ } $magpie->log_lines('worker-own') }, 5), 'of a worker without a database';
    ok $lost->stop, 'which ends';
    $magpie->psql('alter role magpie_worker set client_min_messages = debug2');
    my $told = OwnWorker->start($magpie);
    ok $told->ready(5), 'one that PostgreSQL tells everything';
    $magpie->psql('alter role magpie_worker reset client_min_messages');
    ok $told->stop, 'ends too';
    ok scalar(grep { /info database notice text="DEBUG: .*"$/ } $magpie->log_lines('worker-own')), 'what it was told is in lines like others';
    my $value = qr/"(?:[^"\\]|\\.)*"|[^\s"=]+/;
    my @lines = map { $magpie->log_lines("worker-$_") } 1, 2, 'own';
    ok scalar(grep { /database connection lost error=".*\\"/ } @lines), 'has an error with quotes in it';
    is_deeply [grep { !/^\S+Z (?:debug|info|warn|error) [^="]+?(?: \w+=$value)*$/ } @lines], [], 'and every line can be read back';
};

$magpie->allow_errors(qr/terminating connection|FATAL/);
done_testing;
