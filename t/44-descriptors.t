#!/usr/bin/perl
# A worker that has no descriptor left for another connection: it says 503 as long as it can, doesn't spin,
# gets back to Redis and PostgreSQL, and serves again as soon as there are some. And one without memory for a password.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes 'time';
use Magpie;
use Refused;

my $magpie = Magpie->start(workers => 1);
my $alex   = $magpie->user('alex');
my $kim    = $magpie->user('kim', friends => [$alex]);
my $pid    = $magpie->pid('worker-1');

sub count { return scalar(() = glob "/proc/$pid/fd/*") }

sub limit {
    my ($descriptors) = @_;
    system('prlimit', "--pid=$pid", "--nofile=$descriptors:") == 0 or die 'prlimit';
    return;
}

sub cpu {
    open my $in, '<', "/proc/$pid/stat" or die $!;
    my @fields = split ' ', <$in> =~ s/^.*\) //r;
    return ($fields[11] + $fields[12]) / POSIX::sysconf(&POSIX::_SC_CLK_TCK);
}

# A sanitizer has mapped all that it will need beforehand.
my $sanitizer = do { open my $in, '<', "/proc/$pid/maps" or die $!; grep { /lib[at]san/ } <$in> };

subtest 'no memory for a password' => sub {
    plan skip_all => 'with a sanitizer' if $sanitizer;
    my %right = (username => 'alex', password => $alex->password);
    is $magpie->request(POST => '/api/login', \%right)->status, 200, 'with enough, a login succeeds';
    my ($pages) = do { open my $in, '<', "/proc/$pid/statm" or die $!; split ' ', <$in> };
    my $most = $pages * POSIX::sysconf(&POSIX::_SC_PAGESIZE) + (8 << 20);       # a hash takes 19 MiB
    system('prlimit', "--pid=$pid", "--as=$most:") == 0 or die 'prlimit';
    refused $magpie->request(POST => '/api/login', \%right), 503, 'busy', undef, 'without, nobody says that a right one is wrong,';
    refused $magpie->request(POST => '/api/login', { username => 'nobody', password => 'whatever' }), 503, 'busy', undef,
        'nor who there is;';
    refused $magpie->request(POST => '/api/register', { username => 'sam', password => 'whatever', name => 'Sam' }), 503, 'busy', undef,
        'a registration,';
    refused $alex->post('/api/password', { old => $alex->password, new => 'whatever' }), 503, 'busy', undef, 'and a new password';
    system('prlimit', "--pid=$pid", '--as=unlimited:') == 0 or die 'prlimit';
    is $magpie->request(POST => '/api/login', \%right)->status, 200, 'may come again';
    refused $magpie->request(POST => '/api/login', { %right, password => 'whatever' }), 401, 'bad-credentials', undef, 'and a wrong one is told';
};

my @tabs = map { $kim->other_browser->open_queue } 1 .. 25;
my @held = map { $_->begin(timeout => 50) } @tabs;
$_->wait(0.01) for @held;
ok wait_until(sub { count() > 25 }, 5), 'polls are held';
my @more = map { $alex->other_browser->open_queue } 1 .. 30;
my $free = 14;
limit(count() + $free);

subtest 'hardly a descriptor is left' => sub {
    my $used = cpu();
    my @asked   = map { $_->begin(timeout => 50) } @more;             # which take what nginx has kept
    my @replies = $magpie->parallel(map { [GET => '/api/me', undef, $alex] } 1 .. 60);
    $_->close for @asked;
    my %status;
    $status{ $_->status }++ for @replies;
    is_deeply [grep { !/^(?:200|503)$/ } keys %status], [], 'requests are answered, or refused' or diag join ' ', %status;
    cmp_ok $status{503} // 0, '>', 0, sprintf '%d were refused', $status{503} // 0;
    my ($busy) = grep { $_->status == 503 } @replies;
    refused $busy, 503, 'busy', undef, 'as busy, and to be tried again' if $busy;
    ok !(grep { $_->seconds > 3 } @replies), 'soon';
    cmp_ok cpu() - $used, '<', 0.5, 'without spinning';
    ok count() < 200, 'and descriptors are left';
};

subtest 'Redis and PostgreSQL are restarted meanwhile' => sub {
    my @storm = map { $magpie->begin(GET => '/healthz') } 1 .. 30;
    $magpie->kill('redis');
    $magpie->kill('postgres', 'INT');
    $_->wait(3) for @storm;
    ok wait_until(sub { $magpie->ready }, 15), 'the worker reaches them again';
};

subtest 'not one is left' => sub {
    limit(8);
    my $used  = cpu();
    my $began = time;
    my @asked = map { $magpie->begin(GET => '/healthz') } 1 .. 20;
    ok wait_until(sub { time - $began > 2 }, 3), 'for a while';
    cmp_ok cpu() - $used, '<', 0.3, 'it does not spin';
    cmp_ok scalar(grep { /hardly a descriptor/ } $magpie->log_lines('worker-1')), '<', 20, 'nor fill the log';
    is $magpie->pid('worker-1'), $pid, 'and lives';
    limit(1024);
    my $free = time;
    is_deeply [grep { !$_->wait(5) || $_->wait(0)->status !~ /^(?:200|502|503|504)$/ } @asked], [], 'those who waited have an answer';
    ok wait_until(sub { $magpie->ready }, 5), 'all is well';
    cmp_ok time - $free, '<', 5, sprintf '%.1f s after there are some again', time - $free;
    is $alex->send(to => $kim, msg => 'again')->status, 201, 'a send is committed';
    my $open = $kim->open_queue;
    is $alex->send(to => $kim, msg => 'and pushed')->status, 201, 'another';
    ok scalar(grep { $_->{msg} eq 'and pushed' } $open->receive(timeout => 5)), 'and arrives';
};
$magpie->allow_errors(qr/terminating connection|FATAL/);
done_testing;
