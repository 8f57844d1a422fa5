package Magpie;

# A private copy of Magpie for one test: PostgreSQL, Redis, nginx and workers in a temporary folder,
# on a port of its own, started by `./magpie up --detach`. When the test ends it stops all of it, and
# fails the test on any assertion, sanitizer report or ERROR of PostgreSQL in the logs.
#
#   my $magpie = Magpie->start(workers => 2, set => 'receive.hold=5');
#   my $alex   = $magpie->user('alex');
#   my $kim    = $magpie->user('kim', friends => [$alex]);
#   my $reply  = $alex->post('/api/send', {...});          # ->status ->json ->header('X') ->body ->seconds
#   my $tab    = $kim->open_queue;
#   my @msgs   = $tab->receive(timeout => 2);              # the messages; ->events for all events
#   my @all    = $magpie->parallel([POST => '/api/send', {...}, $alex], ...);
#   wait_until { $magpie->psql('select 1') } 5;
#
# MAGPIE_BUILD names the build to test (by default var/build, brought up to date); MAGPIE_KEEP=1
# leaves the folder.

use v5.30;
use warnings;
use Carp qw(croak);
use Cwd qw(abs_path);
use Digest::SHA;
use Exporter qw(import);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Find ();
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::UNIX;
use Test::More ();
use Time::HiRes qw(sleep time);

our @EXPORT = qw(wait_until);

my $root = abs_path(dirname(__FILE__) . '/../..');
my %running;                       # address of each copy that runs => itself (all of this process)

sub root { $root }

# ---- starting and stopping ---------------------------------------------------------------------

# start(workers => N, set => "a=b c=d", limits => 1, accounts => 1, postgres => "-c x=y", env => {...}).
# The limits of rate are off and the demo accounts aren't made unless asked for.
sub start {
    my ($class, %option) = @_;
    my $self = bless {
        owner   => $$,
        allowed => [],
        dir     => tempdir('magpie-XXXXXX', TMPDIR => 1),
        option  => \%option,
    }, $class;
    $self->{set} = join ' ', $option{limits} ? () : 'limits.enabled=no', $option{set} // ();
    $self->{port_lock} = $self->_choose_port;
    $running{$self} = $self;
    $self->up;
    return $self;
}

# Starts what was stopped, in the same folder.
sub up {
    my ($self, %env) = @_;
    local %ENV = ($self->env, $self->{option}{env} ? $self->{option}{env}->%* : (), %env);
    my ($output, $status) = _run("$root/magpie", 'up', '--detach');
    if ($status) {
        $self->{failed} = 1;
        Test::More::BAIL_OUT("./magpie up failed:\n$output") if $ENV{MAGPIE_BAIL};
        croak "./magpie up failed:\n$output";
    }
    return $self;
}

sub stop {
    my ($self) = @_;
    local %ENV = $self->env;
    my ($output, $status) = _run("$root/magpie", 'down');
    croak "./magpie down failed:\n$output" if $status;
    return $self;
}

# The environment in which ./magpie works on this copy.
sub env {
    my ($self) = @_;
    my %option = $self->{option}->%*;
    return (
        %ENV,
        MAGPIE_DIR      => $self->{dir},
        MAGPIE_PORT     => $self->{port},
        MAGPIE_WORKERS  => $option{workers} // 2,
        MAGPIE_SET      => $self->{set},
        MAGPIE_ACCOUNTS => $option{accounts} ? 'yes' : 'no',
        MAGPIE_TEMPLATE => $option{no_template} ? '' : _template(),
        MAGPIE_POSTGRES => $option{postgres} // '-c fsync=off',
    );
}

# Runs a command; returns what it printed and its status.
sub _run {
    my (@command) = @_;
    my $file = File::Temp->new;
    my $pid  = fork // die "fork: $!";
    if (!$pid) {
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>&', $file;
        open STDERR, '>&', $file;
        exec @command or POSIX::_exit(127);
    }
    {
        local $?;
        waitpid $pid, 0;
        seek $file, 0, 0;
        local $/;
        return (scalar(<$file>), $?);
    }
}

# A folder of this user's own for what tests share.
sub _shared {
    my $dir = File::Spec->tmpdir . "/magpie-tests-$>";
    mkdir $dir, 0700;
    my @stat = lstat $dir or die "$dir: $!";
    die "$dir isn't mine" if $stat[4] != $> || !-d _ || ($stat[2] & 022);
    return $dir;
}

sub _choose_port {
    my ($self) = @_;
    my $shared = _shared();
    for (1 .. 200) {
        my $port = 10_000 + int rand 20_000;
        open my $lock, '>>', "$shared/port.$port" or die "$shared/port.$port: $!";
        next unless flock $lock, LOCK_EX | LOCK_NB;
        next unless IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1, ReuseAddr => 1);
        @$self{qw(port port_file)} = ($port, "$shared/port.$port");
        return $lock;
    }
    die 'no port is free';
}

# A database that was made and migrated once, to begin with: one for each state of sql/.
my $template;

sub _template {
    return $template if $template;
    my $digest = Digest::SHA->new(256);
    my @files;
    File::Find::find({ no_chdir => 1, wanted => sub { push @files, $_ if -f } },
        "$root/sql/migrations", "$root/sql/functions", "$root/sql/migrate", "$root/magpie");
    $digest->add($_)->addfile($_) for sort @files;
    my $shared = _shared();
    my $path   = "$shared/template." . substr $digest->hexdigest, 0, 20;
    open my $lock, '>>', "$path.lock" or die "$path.lock: $!";
    flock $lock, LOCK_EX or die "$path.lock: $!";
    if (!-e $path) {
        my $maker = bless {
            owner  => $$,
            dir    => tempdir('magpie-XXXXXX', TMPDIR => 1),
            option => { workers => 1, no_template => 1 },
            set    => '',
        }, __PACKAGE__;
        $maker->{port_lock} = $maker->_choose_port;
        $maker->up->stop;
        rename "$maker->{dir}/postgres", $path
            or system('mv', "$maker->{dir}/postgres", $path) == 0
            or die "no template: $!";
        remove_tree($maker->{dir});
        unlink $maker->{port_file};
        for my $old (glob "$shared/template.*") {             # of other states of sql/
            remove_tree($old) if $old !~ /\.lock$/ && $old ne $path && -M $old > 0.04;
        }
    }
    return $template = $path;
}

# The build tree of that kind (see ./magpie build), brought up to date.
sub built {
    my ($kind) = @_;
    my ($output, $status) = _run("$root/magpie", 'build', $kind);
    croak "./magpie build $kind failed:\n$output" if $status;
    return "$root/var/build-$kind";
}

# What is wrong in the logs.
sub reports {
    my ($self) = @_;
    my @reports;
    for my $file (glob "$self->{dir}/log/worker-*.log") {
        push @reports, map { "$file: $_" } grep {
            /Assertion .* failed|Sanitizer|runtime error:|^=+\d+=+ERROR/
        } _lines($file);
    }
    push @reports, map { "postgres.log: $_" } grep {
        my $line = $_;
        $line =~ /\b(?:ERROR|PANIC):/ && !grep { $line =~ $_ } $self->{allowed}->@*
    } _lines("$self->{dir}/log/postgres.log");
    return @reports;
}

# Lines of PostgreSQL's log that this test provokes.
sub allow_errors {
    my ($self, @patterns) = @_;
    push $self->{allowed}->@*, @patterns;
    return;
}

sub _lines {
    my ($file) = @_;
    open my $in, '<', $file or return;
    chomp(my @lines = <$in>);
    return @lines;
}

# Stops this copy for good: returns true if all was well.
sub finish {
    my ($self) = @_;
    return 1 unless delete $running{$self};
    my $good = !$self->{failed};
    if (-d "$self->{dir}/run" && !eval { $self->stop; 1 }) {
        Test::More::diag($@);
        $good = 0;
    }
    unlink $self->{port_file};
    my @reports = $self->reports;
    if (@reports) {
        Test::More::diag('in the logs:');
        Test::More::diag("  $_") for @reports > 20 ? (@reports[0 .. 19], '…') : @reports;
        $good = 0;
    }
    if (!$good || $ENV{MAGPIE_KEEP}) {
        Test::More::diag("the logs are in $self->{dir}/log");
        remove_tree("$self->{dir}/postgres");
    }
    else {
        remove_tree($self->{dir});
    }
    return $good;
}

$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

END {
    my $status = $?;
    for my $copy (values %running) {
        next if $copy->{owner} != $$;
        $copy->finish or $status ||= 1;
    }
    $? = $status;
}

# ---- looking inside ------------------------------------------------------------------------------

# The processes that run in this copy's folder, whatever its files say.
sub processes {
    my ($self) = @_;
    return grep { (readlink "/proc/$_/cwd" // '') =~ m{^\Q$self->{dir}\E(?:/|$)} } map { m{(\d+)$} } glob '/proc/[0-9]*';
}

sub dir  { $_[0]{dir} }
sub port { $_[0]{port} }
sub url  { "http://127.0.0.1:$_[0]{port}" . ($_[1] // '') }

# What psql prints for a statement, as the database's owner: a line, or a list of lines.
sub psql {
    my ($self, $statement) = @_;
    local %ENV = (%ENV, PGHOST => "$self->{dir}/run", PGPORT => 5432, PGUSER => 'magpie_owner', PGDATABASE => 'magpie');
    open my $out, '-|', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', $statement or die "psql: $!";
    chomp(my @lines = <$out>);
    { local $?; close $out or croak "psql refused: $statement"; }
    return wantarray ? @lines : join "\n", @lines;
}

# A command of Redis: its answer (undef for nil, a reference for a list); dies of an error.
sub redis {
    my ($self, @words) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => "$self->{dir}/run/redis.sock") or die "Redis: $!";
    print $socket '*', scalar(@words), "\r\n", map { ('$', length, "\r\n", $_, "\r\n") } @words;
    $socket->flush;
    return _redis_answer($socket);
}

sub _redis_answer {
    my ($socket) = @_;
    local $/ = "\r\n";
    my $line = <$socket> // die 'Redis closed the connection';
    chomp $line;
    my ($kind, $rest) = (substr($line, 0, 1), substr $line, 1);
    croak "Redis: $rest" if $kind eq '-';
    return $rest if $kind eq '+' || $kind eq ':';
    return undef if $rest < 0;                              ## no critic: nil is a value here
    return [ map { _redis_answer($socket) } 1 .. $rest ] if $kind eq '*';
    read $socket, my $bytes, $rest + 2;
    return substr $bytes, 0, $rest;
}

# The process id of postgres, redis, nginx, worker-1, ... or magpie (the supervisor).
sub pid {
    my ($self, $name) = @_;
    my ($pid) = _lines("$self->{dir}/run/$name.pid");
    return $pid;
}

sub worker_pids {
    my ($self) = @_;
    return map { $self->pid("worker-$_") } 1 .. $self->{option}{workers} // 2;
}

# Calls `do` once for each worker, while the others are stopped: what it asks for is that worker's to do.
sub on_each_worker {
    my ($self, $do) = @_;
    for my $pid ($self->worker_pids) {
        my @others = grep { $_ != $pid } $self->worker_pids;
        CORE::kill(STOP => @others);
        my $good = eval { $do->(); 1 };
        CORE::kill(CONT => @others);
        die $@ if !$good;
    }
    return;
}

# The lines of a log: worker-1, postgres, nginx, access, ...
sub log_lines {
    my ($self, $name) = @_;
    return _lines("$self->{dir}/log/$name.log");
}

# Kills a process (or sends another signal) and waits until the supervisor has started another.
sub kill {
    my ($self, $name, $signal) = @_;
    my $old = $self->pid($name) // croak "$name doesn't run";
    CORE::kill($signal // 'KILL', $old) or croak "can't kill $name ($old): $!";
    wait_until(sub { my $new = $self->pid($name); $new && $new != $old }, 10)
        or croak "$name was not started again";
    return $self->pid($name);
}

# The same, and waits until all is well again.
sub restart {
    my ($self, $name, $signal) = @_;
    $self->kill($name, $signal);
    $self->wait_ready;
    return;
}

sub ready { $_[0]->request(GET => '/readyz')->status == 200 }

sub wait_ready {
    my ($self, $seconds) = @_;
    wait_until(sub { $self->ready }, $seconds // 15) or croak 'it does not become ready';
    return;
}

# Waits until all that was committed has been pushed: a queue that is opened then hears only of what is done later.
sub settled {
    my ($self, $seconds) = @_;
    return wait_until(sub { $self->psql('select count(*) from magpie.outbox') == 0 }, $seconds // 20);
}

# wait_until { CONDITION } SECONDS: the condition's value once it is true, or false.
sub wait_until(&;$) {
    my ($condition, $seconds) = @_;
    my $deadline = time + ($seconds // 5);
    while (1) {
        my $value = $condition->();
        return $value if $value;
        return if time >= $deadline;
        sleep 0.02;
    }
}

sub uuid {
    open my $random, '<:raw', '/dev/urandom' or die $!;
    read $random, my $bytes, 16;
    vec($bytes, 6, 8) = vec($bytes, 6, 8) & 0x0f | 0x40;
    vec($bytes, 8, 8) = vec($bytes, 8, 8) & 0x3f | 0x80;
    return join '-', unpack 'H8 H4 H4 H4 H12', $bytes;
}

# ---- asking ------------------------------------------------------------------------------------------

# A user who is registered (or logged in, when there is one already) and friends with `friends`.
sub user {
    my ($self, $username, %option) = @_;
    my $user = Magpie::User->new($self, $username);
    $user->{password} = $option{password} // "password of $username";
    my $reply = $user->register($option{name} // ucfirst $username);
    $reply = $user->login if $reply->status == 409;
    croak "can't enter as $username: " . $reply->status . ' ' . $reply->body if $reply->status !~ /^20[01]$/;
    $user->befriend($_) for ($option{friends} // [])->@*;
    return $user;
}

# Somebody without a session.
sub stranger { Magpie::User->new($_[0], undef) }

# One request without a session: request(GET => '/path', BODY, OPTIONS).
sub request {
    my ($self, $method, $path, $body, %option) = @_;
    return $self->begin($method, $path, $body, undef, %option)->wait($option{deadline} // 70);
}

# Sends a request and returns at once: ->wait(SECONDS) gives the reply, or undef if it isn't there.
# BODY: a reference is sent as JSON, a string as it is. Options: type (of the body), headers
# ([name => value, ...]), csrf (a token instead of the user's), cookies (a string instead of theirs).
sub begin {
    my ($self, $method, $path, $body, $user, %option) = @_;
    my @lines = ("$method $path HTTP/1.1", "Host: 127.0.0.1:$self->{port}", 'Connection: close');
    my %given = map { lc $_ => 1 } grep { defined } ($option{headers} // [])->@*;
    my $bytes = ref $body ? Magpie::Reply::encode($body) : $body;
    my $cookies = exists $option{cookies} ? $option{cookies} : $user ? $user->cookie_header : undef;
    push @lines, "Cookie: $cookies" if defined $cookies && length $cookies;
    my $csrf = exists $option{csrf} ? $option{csrf} : $user && $method !~ /^(?:GET|HEAD|OPTIONS)$/ ? $user->csrf : undef;
    push @lines, "X-CSRFToken: $csrf" if defined $csrf;
    if (defined $bytes) {
        my $type = exists $option{type} ? $option{type} : 'application/json';
        push @lines, "Content-Type: $type" if defined $type;
        push @lines, 'Content-Length: ' . length $bytes unless $given{'content-length'};
    }
    elsif ($method !~ /^(?:GET|HEAD|OPTIONS|TRACE)$/) {
        push @lines, 'Content-Length: 0';
    }
    my @headers = ($option{headers} // [])->@*;
    while (my ($name, $value) = splice @headers, 0, 2) {
        push @lines, "$name: $value";
    }
    return Magpie::Pending->new($self->{port}, join("\r\n", @lines, '', '') . ($bytes // ''),
        method => $method, user => $user);
}

# parallel([METHOD, PATH, BODY, USER, OPTIONS...], ...): all at the same time; the replies in order.
sub parallel {
    my ($self, @requests) = @_;
    my @pending = map { $self->begin(@$_) } @requests;
    Magpie::Pending::pump(\@pending, time + 70, sub { !grep { !$_->done } @pending });
    return map { $_->wait(0) // croak 'a request was not answered' } @pending;
}

# Bytes as they are, on a connection of their own: what comes back until it is closed or `seconds` are over.
sub raw {
    my ($self, $bytes, $seconds) = @_;
    my $pending = Magpie::Pending->new($self->{port}, $bytes, raw => 1);
    Magpie::Pending::pump([$pending], time + ($seconds // 2), sub { $pending->done });
    return $pending->{in};
}

# A connected socket to nginx.
sub connect {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}) // die "connect: $!";
}

# ---- a request on its way ------------------------------------------------------------------------------

package Magpie::Pending;

use v5.30;
use warnings;
use Errno qw(EAGAIN EINTR);
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

sub new {
    my ($class, $port, $bytes, %option) = @_;
    utf8::downgrade($bytes, 1) or die 'a request is made of bytes';
    my $self = bless { %option, out => $bytes, in => '', started => time }, $class;
    $self->{socket} = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
    if ($self->{socket}) {
        $self->{socket}->blocking(0);
        $self->_write;
    }
    else {
        $self->_end;                       # nobody listens: a reply with status 0
    }
    return $self;
}

sub done { $_[0]{ended} }

# The reply, once it is there; undef after SECONDS without.
sub wait {
    my ($self, $seconds) = @_;
    pump([$self], time + $seconds, sub { $self->done });
    return unless $self->done;
    return $self->{reply} //= Magpie::Reply->new($self);
}

# Breaks the connection off.
sub close {
    my ($self) = @_;
    $self->_end;
    return;
}

# Moves bytes of all of them until the condition holds, or the deadline is over and there are none to move.
sub pump {
    my ($all, $deadline, $condition) = @_;
    until ($condition->()) {
        my $left = $deadline - time;
        my @open = grep { !$_->done } @$all;
        return if !@open;
        my %of   = map { fileno($_->{socket}) => $_ } @open;
        my $read  = IO::Select->new(map { $_->{socket} } @open);
        my $write = IO::Select->new(map { $_->{socket} } grep { length $_->{out} } @open);
        my ($can_read, $can_write) = IO::Select->select($read, $write, undef, $left > 0 ? $left : 0);
        return if $left <= 0 && !@{ $can_read // [] } && !@{ $can_write // [] };
        $of{ fileno $_ }->_write for @{ $can_write // [] };
        $of{ fileno $_ }->_read  for grep { defined fileno $_ } @{ $can_read // [] };
    }
    return;
}

sub _write {
    my ($self) = @_;
    return unless length $self->{out};
    my $count = syswrite $self->{socket}, $self->{out};
    if (defined $count) {
        substr $self->{out}, 0, $count, '';
    }
    elsif ($! != EAGAIN && $! != EINTR) {
        $self->{out} = '';                 # refused: the answer may be there all the same
    }
    return;
}

sub _read {
    my ($self) = @_;
    my $count = sysread $self->{socket}, $self->{in}, 65_536, length $self->{in};
    if (defined $count ? $count == 0 : $! != EAGAIN && $! != EINTR) {
        $self->_end;
    }
    elsif (!$self->{raw} && $self->_complete) {
        $self->_end;
    }
    return;
}

# Whether the whole answer has come, for those who wait although the connection stays open.
sub _complete {
    my ($self) = @_;
    my $end = index $self->{in}, "\r\n\r\n";
    return if $end < 0;
    my $head = substr $self->{in}, 0, $end;
    return 1 if $self->{method} eq 'HEAD' || $head =~ m{^HTTP/1\.1 (?:204|304)};
    return $head =~ /^Content-Length:\s*(\d+)/im && length($self->{in}) >= $end + 4 + $1;
}

sub _end {
    my ($self) = @_;
    return if $self->{ended};
    $self->{ended} = 1;
    $self->{seconds} = time - $self->{started};
    CORE::close $self->{socket} if $self->{socket};
    return;
}

# ---- an answer -------------------------------------------------------------------------------------------

package Magpie::Reply;

use v5.30;
use warnings;
use JSON::PP ();

my $coder = JSON::PP->new->utf8->canonical;
sub encode { $coder->encode($_[0]) }

sub new {
    my ($class, $pending) = @_;
    my $self = bless { status => 0, headers => [], body => '', seconds => $pending->{seconds} }, $class;
    my ($head, $body) = split /\r\n\r\n/, $pending->{in}, 2;
    if (defined $head && $head =~ s{^HTTP/1\.\d (\d{3})[^\r\n]*(?:\r\n)?}{}) {
        $self->{status}  = 0 + $1;
        $self->{headers} = [ map { [ split /:\s*/, $_, 2 ] } split /\r\n/, $head ];
        $self->{body}    = $body // '';
        $self->{body}    = _unchunk($self->{body}) if ($self->header('Transfer-Encoding') // '') eq 'chunked';
    }
    $pending->{user}->take_cookies($self) if $pending->{user};
    return $self;
}

sub _unchunk {
    my ($in) = @_;
    my $out = '';
    while ($in =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n//) {
        my $size = hex $1 or last;
        $out .= substr $in, 0, $size, '';
        $in =~ s/^\r\n//;
    }
    return $out;
}

sub status  { $_[0]{status} }                    # 0: no answer at all
sub body    { $_[0]{body} }
sub seconds { $_[0]{seconds} }
sub json    { $_[0]{json} //= eval { $coder->decode($_[0]{body}) } }
sub type    { ($_[0]->header('Content-Type') // '') =~ s/;.*//r }

# The name of a problem, as in urn:magpie:problem:NAME.
sub problem { my $json = $_[0]->json; ref $json eq 'HASH' ? ($json->{type} // '') =~ s/^urn:magpie:problem://r : '' }

sub header {
    my ($self, $name) = @_;
    my @values = map { $_->[1] } grep { lc $_->[0] eq lc $name } $self->{headers}->@*;
    return wantarray ? @values : $values[0];
}

# ---- a user in one browser ---------------------------------------------------------------------------------

package Magpie::User;

use v5.30;
use warnings;
use Carp qw(croak);

sub new {
    my ($class, $magpie, $username) = @_;
    return bless { magpie => $magpie, username => $username, cookies => {} }, $class;
}

sub id       { $_[0]{id} }
sub username { $_[0]{username} }
sub password { $_[0]{password} }
sub magpie   { $_[0]{magpie} }
sub csrf     { $_[0]{cookies}{csrftoken} // $_[0]{cookies}{'__Host-csrftoken'} }

sub cookie_header {
    my ($self) = @_;
    return join '; ', map { "$_=$self->{cookies}{$_}" } sort keys $self->{cookies}->%*;
}

sub take_cookies {
    my ($self, $reply) = @_;
    for my $cookie ($reply->header('Set-Cookie')) {
        my ($name, $value, $attributes) = $cookie =~ /^([^=]+)=([^;]*)(.*)/ or next;
        if ($value eq '' || $attributes =~ /Max-Age=0\b/i) {
            delete $self->{cookies}{$name};
        }
        else {
            $self->{cookies}{$name} = $value;
        }
    }
    return;
}

# The same person in another browser.
sub other_browser {
    my ($self) = @_;
    my $other = Magpie::User->new($self->{magpie}, $self->{username});
    $other->{password} = $self->{password};
    my $reply = $other->login;
    croak 'login: ' . $reply->status if $reply->status != 200;
    return $other;
}

sub register {
    my ($self, $name) = @_;
    return $self->_entered($self->post('/api/register',
        { username => $self->{username}, password => $self->{password}, name => $name }));
}

sub login {
    my ($self) = @_;
    return $self->_entered($self->post('/api/login', { username => $self->{username}, password => $self->{password} }));
}

sub logout { $_[0]->post('/api/logout', {}) }

sub _entered {
    my ($self, $reply) = @_;
    $self->{id} = $reply->json->{user}{id} if $reply->status =~ /^20[01]$/;
    return $reply;
}

# Asks and is accepted at once: each has asked the other.
sub befriend {
    my ($self, $other) = @_;
    for my $pair ([ $self, $other ], [ $other, $self ]) {
        my ($from, $to) = @$pair;
        my $reply = $from->post('/api/friend-requests', { username => $to->username });
        croak 'friend-requests: ' . $reply->status . ' ' . $reply->body if $reply->status != 201 && $reply->status != 409;
    }
    return $self;
}

# Sends a text: send(to => $user or group => ID, msg => '...', client_id => ...).
sub send {
    my ($self, %what) = @_;
    return $self->post('/api/send', {
        contact_type => exists $what{group} ? 'group' : 'single',
        to           => $what{group} // (ref $what{to} ? $what{to}->id : $what{to}),
        msg          => $what{msg},
        client_id    => $what{client_id} // Magpie->uuid,
    });
}

sub request {
    my ($self, $method, $path, $body, %option) = @_;
    return $self->{magpie}->begin($method, $path, $body, $self, %option)->wait($option{deadline} // 70)
        // croak "$method $path was not answered";
}

# Sends and returns at once, as Magpie::begin.
sub begin {
    my ($self, $method, $path, $body, %option) = @_;
    return $self->{magpie}->begin($method, $path, $body, $self, %option);
}

sub get    { my ($self, $path, %option) = @_; $self->request(GET => $path, undef, %option) }
sub head   { my ($self, $path, %option) = @_; $self->request(HEAD => $path, undef, %option) }
sub post   { my ($self, $path, $body, %option) = @_; $self->request(POST => $path, $body, %option) }
sub put    { my ($self, $path, $body, %option) = @_; $self->request(PUT => $path, $body, %option) }
sub patch  { my ($self, $path, $body, %option) = @_; $self->request(PATCH => $path, $body, %option) }
sub delete { my ($self, $path, $body, %option) = @_; $self->request(DELETE => $path, $body, %option) }

# Opens a queue: open_queue(have => [...]). What was done before isn't heard in it, unless a fault keeps it from being pushed.
sub open_queue {
    my ($self, %option) = @_;
    $self->{magpie}->settled(2);
    my $reply = $self->post('/api/queues', $option{have} ? { have => $option{have} } : {});
    croak 'queues: ' . $reply->status . ' ' . $reply->body if $reply->status != 201;
    return bless { user => $self, queue => $reply->json->{queue}, next => $reply->json->{next}, state => $reply->json },
        'Magpie::Tab';
}

# ---- an open tab -----------------------------------------------------------------------------------------------

package Magpie::Tab;

use v5.30;
use warnings;
use Carp qw(croak);
use POSIX qw(ceil);
use Time::HiRes qw(time);

sub queue { $_[0]{queue} }
sub next  { $_[0]{next} }
sub state { $_[0]{state} }         # what opening it answered: me, contacts, changes, ...

sub path {
    my ($self, %option) = @_;
    my $path = "/api/receive?queue=$self->{queue}&after=" . ($option{after} // $self->{next});
    $path .= "&timeout=$option{timeout}" if defined $option{timeout};
    $path .= "&revs=$option{revs}"       if defined $option{revs};
    $path .= "&idle=$option{idle}"       if defined $option{idle};
    return $path;
}

# One poll, as it is: poll(timeout => 0, after => N, revs => H) gives the reply and moves nothing.
sub poll { my ($self, %option) = @_; $self->{user}->get($self->path(%option)) }

# A poll that is held: ->wait(SECONDS) for its reply.
sub begin { my ($self, %option) = @_; $self->{user}->begin(GET => $self->path(%option)) }

# All events until one comes or the time is over, acknowledged by the next call.
sub events {
    my ($self, %option) = @_;
    return $self->_gather($option{timeout} // 2, sub { 1 });
}

# The messages until one comes or the time is over; other events are passed over.
sub receive {
    my ($self, %option) = @_;
    return map { $_->{message} } $self->_gather($option{timeout} // 2, sub { $_[0]{type} eq 'message' });
}

sub _gather {
    my ($self, $timeout, $wanted) = @_;
    my $deadline = time + $timeout;
    while (1) {
        my $left  = $deadline - time;
        my $reply = $self->poll(timeout => $left > 0 ? ceil($left) : 0);
        croak 'receive: ' . $reply->status . ' ' . $reply->body if $reply->status != 200;
        $self->{next} = $reply->json->{next};
        my @found = grep { $wanted->($_) } $reply->json->{events}->@*;
        return @found if @found || $left <= 0;
    }
}

1;
