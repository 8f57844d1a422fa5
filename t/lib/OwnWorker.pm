package OwnWorker;

# A worker beside those of a private copy, with a socket and settings of its own.
#
#   my $worker = OwnWorker->start($magpie, "redis.address=$path");
#   my $reply  = $worker->ask(GET => '/api/me', user => $alex);      # as FastCgi's
#   my $held   = $worker->begin(GET => $tab->path, user => $kim);    # ->reply(5), ->close
#   ok $worker->stop;                                                # it ended in time
#
# It serves the copy's PostgreSQL and Redis unless the settings say otherwise; limits of rate are off.

use v5.30;
use warnings;
use Cwd qw(abs_path);
use FastCgi qw(request);
use File::Temp qw(tempdir);
use Magpie qw(wait_until);
use POSIX qw(WNOHANG);

my @running;

sub start {
    my ($class, $magpie, @settings) = @_;
    my $dir    = tempdir(CLEANUP => 1);
    my $run    = $magpie->dir . '/run';
    my $worker = abs_path($ENV{MAGPIE_BUILD} // Magpie->root . '/var/build') . '/magpie-worker';
    mkdir "$dir/run" or die "$dir/run: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDERR, '>>', $magpie->dir . '/log/worker-own.log' or die $!;     # where reports are looked for
        my @all = ("db.conninfo=host='$run' port=5432 dbname=magpie user=magpie_worker", "redis.address=$run/redis.sock",
            'limits.enabled=no', 'drain.seconds=1', @settings);
        exec $worker, '--listen', "$dir/run/fcgi.sock", map { ('--set', $_) } @all or POSIX::_exit(127);
    }
    my $self = bless { pid => $pid, dir => $dir }, $class;
    push @running, $self;
    return $self;
}

END { local $?; $_->stop for @running }

sub dir { $_[0]{dir} }
sub pid { $_[0]{pid} }

# Whether all is well with it, within `seconds`.
sub ready {
    my ($self, $seconds) = @_;
    return wait_until {
        my $reply = eval { $self->ask(GET => '/readyz') };
        $reply && $reply->{status} == 200;
    } $seconds;
}

sub begin {
    my ($self, $method, $path, %option) = @_;
    my $connection = FastCgi->new($self);
    $connection->write(request($method, $path, %option));
    return $connection;
}

sub ask {
    my ($self, $method, $path, %option) = @_;
    return $self->begin($method, $path, %option)->reply($option{seconds});
}

# Whether it has ended, within `seconds`.
sub ended {
    my ($self, $seconds) = @_;
    my $pid = $self->{pid};
    delete $self->{pid} if $pid && wait_until { waitpid($pid, WNOHANG) == $pid } $seconds;
    return !$self->{pid};
}

# True: it ended as it was told. Otherwise it is ended in any case.
sub stop {
    my ($self) = @_;
    my $pid = $self->{pid} // return 1;
    kill TERM => $pid;
    return 1 if $self->ended(10);
    kill KILL => $pid;
    $self->ended(10);
    return 0;
}

1;
