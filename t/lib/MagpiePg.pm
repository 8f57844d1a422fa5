# MagpiePg: a private PostgreSQL for one test, migrated, with the shortest way to its functions.
#
#   my $pg   = MagpiePg->start;                 # in a temporary folder, unix socket only
#   my $alex = $pg->user('alex');               # an id
#   my @rows = $pg->call('friends', $alex);     # as the workers' role; hashes, JSON's types
#   my $s    = $pg->session;                    # a connection of one's own: begin, send, result
#   $pg->log_ok;                                # PostgreSQL has logged no error
#
# As root it runs the server as another user. The server ends with the object, or with the test;
# it is found by its pid, and nothing here waits for a fixed time.
package MagpiePg;
use v5.30;
use warnings;
use Cwd        qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use JSON::PP   ();
use POSIX      ();
use Test::More ();
use Time::HiRes qw(sleep time);

my $json    = JSON::PP->new->utf8->allow_nonref->boolean_values(0, 1);
my $root    = abs_path(dirname(__FILE__) . '/../..');
my $worker  = 'magpie_worker';
my %running;                                    # pid of a server -> the object's folder

# The newest PostgreSQL's programs, unless PG_BIN names a folder.
sub bin {
    my ($name) = @_;
    my ($dir) = $ENV{PG_BIN} // map { $_->[1] } sort { $b->[0] <=> $a->[0] }
        map { m{/(\d+)/bin$} ? [$1, $_] : () } glob '/usr/lib/postgresql/*/bin';
    return defined $dir && -x "$dir/$name" ? "$dir/$name" : $name;
}

sub root { return $root }

# The words that run a command as an unprivileged user: none unless we are root.
sub as_nobody {
    return () if $> != 0;
    my ($user) = grep { defined getpwnam $_ } qw(postgres nobody) or die "no unprivileged user\n";
    my ($uid, $gid) = (getpwnam $user)[2, 3];
    return ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups', '--');
}

# Starts a server and migrates its database "magpie", unless migrate => 0. set => [...]: settings besides.
sub start {
    my ($class, %opt) = @_;
    my $dir  = File::Temp->newdir('magpie-pg-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => "$dir", keep => $dir, owner => $$ }, $class;
    my @as   = as_nobody();
    chown((getpwnam('postgres') // getpwnam('nobody')), -1, $self->{dir}) if @as;
    chmod 0700, $self->{dir};

    {
        local %ENV = (PATH => $ENV{PATH}, HOME => $self->{dir}, LC_ALL => 'C');
        $self->_wait_for(_spawn("$dir/initdb.log", @as, bin('initdb'), '-D', "$dir/data", '-U', 'postgres',
            '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N', '--no-instructions')) == 0
            or die "initdb failed:\n" . _slurp("$dir/initdb.log");
        $self->{pid} = _spawn("$dir/log", @as, bin('postgres'), '-D', "$dir/data", '-k', $self->{dir},
            map { ('-c', $_) } 'listen_addresses=', 'fsync=off', 'full_page_writes=off', 'autovacuum=off',
            'synchronous_commit=off', 'shared_buffers=32MB', 'max_connections=130', 'wal_level=minimal',
            'max_wal_senders=0', 'log_line_prefix=%p %u ', 'deadlock_timeout=300ms',
            'log_min_messages=warning', 'timezone=Asia/Kolkata', @{ $opt{set} // [] });
    }
    $running{ $self->{pid} } = $self->{dir};
    until (-e "$dir/data/postmaster.pid" && _slurp("$dir/data/postmaster.pid") =~ /^ready\s*$/m) {
        die "PostgreSQL did not start:\n" . $self->log if waitpid($self->{pid}, POSIX::WNOHANG()) != 0;
        sleep 0.01;
    }
    $self->psql('create database magpie', db => 'postgres');
    if ($opt{migrate} // 1) {
        my ($status, $out) = $self->migrate;
        die "migrate failed:\n$out" if $status != 0;
    }
    return $self;
}

sub dir { return $_[0]{dir} }

# Ends the server; the folder goes with the object.
sub stop {
    my ($self) = @_;
    delete $self->{$_} for qw(worker_session owner_session);
    my $pid = delete $self->{pid} // return;
    delete $running{$pid};
    kill 'QUIT', $pid;
    waitpid $pid, 0;
    return;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!, $@);
    $self->stop if $self->{owner} == $$;
    return;
}

# What a client needs in its environment to reach the server.
sub env {
    my ($self, %opt) = @_;
    return (PGHOST => $self->{dir}, PGPORT => 5432, PGUSER => $opt{user} // 'postgres',
        PGDATABASE => $opt{db} // 'magpie', PGOPTIONS => $opt{options} // '',
        PGCLIENTENCODING => 'UTF8', PGAPPNAME => 'test', PSQL => bin('psql'));
}

# Runs sql/migrate. Returns its status and what it said.
sub migrate {
    my ($self, %opt) = @_;
    return $self->run([$opt{script} // "$root/sql/migrate"], %opt);
}

# Runs a command (of any words) with the server in its environment, and $opt{env} besides.
# Returns its status and its output.
sub run {
    my ($self, $command, %opt) = @_;
    my $out = File::Temp->new;
    local %ENV = (%ENV, $self->env(%opt), %{ $opt{env} // {} });
    my $status = $self->_wait_for(_spawn("$out", @$command));
    return ($status, _slurp("$out"));
}

# One-off SQL by psql; dies of an error. Returns the lines, fields separated by "|".
sub psql {
    my ($self, $sql, %opt) = @_;
    my ($status, $out) = $self->run(
        [bin('psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', $sql], %opt);
    die "psql: $out" if $status != 0 && !$opt{may_fail};
    chomp $out;
    return $out;
}

# A connection as the workers' role, or as another: user => 'postgres'.
sub session {
    my ($self, %opt) = @_;
    $opt{user} //= $worker;
    return MagpiePg::Session->new(env => { $self->env(%opt) });
}

# The owner's query, for looking into tables: its rows as hashes.
sub rows {
    my ($self, $query) = @_;
    $self->{owner_session} //= $self->session(user => 'postgres', options => '-c search_path=magpie');
    return $self->{owner_session}->rows($query);
}

# The first column of the first row of the owner's query.
sub value {
    my ($self, $query) = @_;
    my ($row) = $self->rows("select ($query) as value");
    return $row->{value};
}

# Calls a function as the workers' role. Returns its rows as hashes (or values, if it isn't a
# function of several columns); in scalar context the first.
sub call {
    my ($self, $function, @args) = @_;
    $self->{worker_session} //= $self->session;
    return $self->{worker_session}->call($function, @args);
}

# --- people and what they have, made through the functions ---

sub hash_of { return '\x' . unpack('H*', pack 'A32', $_[0]) }

sub user {
    my ($self, $name) = @_;
    my $row = $self->call('account_register', $name, ucfirst $name, 'hash', hash_of("token of $name"),
        3600, 'test', undef);
    die "no account $name: $row->{problem}" if defined $row->{problem};
    return $row->{user_id};
}

sub befriend {
    my ($self, $one, $other) = @_;
    my $username = $self->call('me', $other)->{username};
    my $asked = $self->call('friend_request_ask', $one, $username, '', undef);
    my $done  = $self->call('friend_request_answer', $other, $asked->{request_id}, 1);
    die "no friends: $done->{problem}" if defined $done->{problem};
    return;
}

# A group of the first one's, with the others (made friends of the owner where they are not).
sub group {
    my ($self, $name, $owner, @members) = @_;
    my $group  = $self->call('group_create', $owner, $name, lc $name, '', 200)->{group_id};
    my %friend = map { $_ => 1 } $self->call('friend_ids', $owner);
    for my $member (@members) {
        $self->befriend($owner, $member) if !$friend{$member};
        $self->call('group_add', $owner, $group, $member);
    }
    return $group;
}

my $keys = 0;
sub uuid { return sprintf '%08x-0000-4000-8000-%012x', $$, ++$keys }

# The call by which a worker sends messages, each [from, type, to, msg, client_id]; without a client_id, one is made.
sub sending {
    my @messages = map { [@$_[0 .. 3], $_->[4] // uuid()] } @_;
    return ('send_messages', map { my $i = $_; [map { $_->[$i] } @messages] } 0 .. 4);
}

# Sends one message. Returns its row of send_messages.
sub send {
    my ($self, @message) = @_;
    return scalar $self->call(sending(\@message));
}

# Sends messages, each by itself. Returns the ids of what a sweeper makes of their rows of the outbox.
sub posted {
    my ($self, @messages) = @_;
    my $batches = join ',', map { $self->send(@$_)->{outbox_id} } @messages;
    return map { $_->{id} } $self->rows("select unnest(outbox_split(array[$batches])) as id");
}

# --- checks ---

# A number over all rows of all tables: whatever stores something changes it.
sub fingerprint {
    my ($self) = @_;
    my @tables = map { $_->{name} } $self->rows(
        "select relname as name from pg_class where relnamespace = 'magpie'::regnamespace
            and relkind = 'r' order by 1");
    return join ' ', map { "$_:" . $self->value(
        "select coalesce(md5(string_agg(md5(x::text), '' order by md5(x::text))), '-') from magpie.$_ x") }
        @tables;
}

sub log { return _slurp("$_[0]{dir}/log") }

# Lines of the log that tell of an error, but those that one of the patterns expects.
sub log_ok {
    my ($self, @expected) = @_;
    my @lines = grep { /\b(?:ERROR|FATAL|PANIC|WARNING):/ } split /\n/, $self->log;
    for my $pattern (@expected) {
        @lines = grep { !/$pattern/ } @lines;
    }
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return Test::More::is(join("\n", @lines), '', 'PostgreSQL has logged no error') & Test::More::is(join(' ', $self->unsound), '',
        'and what is written is sound');
}

# What CHECKs would say of the tables that each message writes: there it would cost each of them a tenth.
sub unsound {
    my ($self) = @_;
    my %sound = (
        conversation => q{rev >= 0 and case when group_id is null then kind = 'single' and low_id < high_id is true
            else kind = 'group' and low_id is null and high_id is null end},
        message => q{seq > 0 and rev >= seq and char_length(msg) <= 4000 and case when notice is null
            then client_id is not null and kind = case msg when '' then 'recalled' else 'text' end
            else kind = 'notice' and client_id is null and msg = '' end},
        outbox => q{num_nonnulls(conversation_id, session_id, event, conversation_ids) = 1 and num_nonnulls(conversation_id, user_id, conversation_ids) = 1
            and (seq is null) = (conversation_id is null) and cardinality(seqs) is not distinct from cardinality(conversation_ids)},
    );
    return map { my $table = $_; map { "$table: $_->{row}" } $self->rows("select x::text as row from $table x where ($sound{$table}) is not true limit 3") }
        sort keys %sound;
}

# Waits until a query of the owner's gives true, 30 s at most.
sub wait_until {
    my ($self, $query) = @_;
    my $end = time + 30;
    while (!$self->value($query)) {
        die "waited in vain for: $query\n" if time > $end;
        sleep 0.01;
    }
    return;
}

# Calls functions at once, each in a session of its own: [function, args...]. All wait at a gate
# until all are there. Returns what each returned, as call() does in list context.
sub at_once {
    my ($self, @calls) = @_;
    my $gate = $self->session(user => 'postgres');
    $gate->rows('select pg_advisory_lock(1, 1)');
    my @sessions = map { $self->session } @calls;
    for my $i (0 .. $#calls) {
        $sessions[$i]->begin("select pg_advisory_lock_shared(1, 1);\n"
            . MagpiePg::Session::call_query(@{ $calls[$i] }));
    }
    $self->wait_until("select count(*) = " . @calls . " from pg_locks
        where locktype = 'advisory' and classid = 1 and objid = 1 and not granted");
    $gate->rows('select pg_advisory_unlock(1, 1)');
    return map { [$_->result] } @sessions;
}

# --- the rest ---

sub _slurp {
    my ($file) = @_;
    open my $in, '<:raw', $file or return '';
    local $/ = undef;
    return readline($in) // '';
}

sub _spawn {
    my ($log, @command) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>>', $log or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { $command[0] } @command; }
        print STDERR "$command[0]: $!\n";
        POSIX::_exit(127);
    }
    return $pid;
}

sub _wait_for {
    my ($self, $pid) = @_;
    waitpid $pid, 0;
    return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

END {
    my $status = $?;
    for my $pid (keys %running) {
        next if !-e "$running{$pid}/data/postmaster.pid" || getppid() == $pid;
        kill 'QUIT', $pid;
        waitpid $pid, 0;
    }
    $? = $status;
}

# MagpiePg::Session: a psql of its own. begin() sends and does not wait; result() waits.
package MagpiePg::Session;
use IPC::Open3 ();

my $end_mark = '--- the end of the answer ---';

sub new {
    my ($class, %opt) = @_;
    local %ENV = (%ENV, %{ $opt{env} });
    my $pid = IPC::Open3::open3(my $in, my $out, undef,
        MagpiePg::bin('psql'), '-X', '-q', '-A', '-t', '-v', 'VERBOSITY=verbose');
    binmode $_, ':raw' for $in, $out;
    $in->autoflush(1);
    return bless { pid => $pid, in => $in, out => $out, owner => $$ }, $class;
}

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $!, $@);
    close $self->{in};
    waitpid $self->{pid}, 0;
    return;
}

# Sends SQL, whose answers are lines.
sub begin {
    my ($self, $sql) = @_;
    local $SIG{PIPE} = 'IGNORE';
    utf8::encode($sql);
    print { $self->{in} } "$sql\n;\n\\echo $end_mark\n";
    return;
}

# The answer to begin(), in lines.
sub lines {
    my ($self) = @_;
    my @lines;
    while (defined(my $line = readline $self->{out})) {
        chomp $line;
        return @lines if $line eq $end_mark;
        push @lines, $line;
    }
    die "psql has gone: @lines\n";
}

# The rows that a query made by call_query() gave; dies of an error.
sub result {
    my ($self) = @_;
    my @lines = grep { length } $self->lines;
    my $last = pop @lines // die "no answer\n";
    if ("@lines $last" =~ /(?:ERROR|FATAL): /) {
        die join("\n", @lines, $last), "\n";
    }
    return @{ $json->decode($last) };
}

# Statements without an answer; dies of an error.
sub do {
    my ($self, $sql) = @_;
    $self->begin($sql);
    my @lines = $self->lines;
    die "@lines\n" if "@lines" =~ /(?:ERROR|FATAL): /;
    return @lines;
}

sub rows {
    my ($self, $query) = @_;
    $self->begin(one_line("($query)"));
    my @rows = $self->result;
    return wantarray ? @rows : $rows[0];
}

sub call {
    my ($self, @call) = @_;
    $self->begin(call_query(@call));
    my @rows = $self->result;
    return wantarray ? @rows : $rows[0];
}

# The query that calls a function and gives its rows as one line of JSON.
sub call_query {
    my ($function, @args) = @_;
    return one_line("magpie.$function(" . join(', ', map { literal($_) } @args) . ')');
}

# The query that gives all rows of a source as one line of JSON.
sub one_line {
    my ($source) = @_;
    return "select replace(coalesce(json_agg(t), '[]')::text, E'\\n', ' ') from $source t";
}

# A value, or an array of values, as SQL.
sub literal {
    my ($value) = @_;
    return 'null' if !defined $value;
    if (ref $value) {
        $value = '{' . join(',', map { defined $_ ? '"' . s/(["\\])/\\$1/gr . '"' : 'null' } @$value) . '}';
    }
    return q{'} . $value =~ s/'/''/gr . q{'};
}

1;
