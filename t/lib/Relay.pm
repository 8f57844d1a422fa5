package Relay;

# Stands between a worker and Redis, and can hold back what the worker says.
#
#   my $relay = Relay->new($magpie);            # ->path is the address for the worker
#   $relay->hold('ZREM present 7$');             # a command that begins so is held, and all behind it
#   ok $relay->held(5);                         # it has come
#   $relay->release;                            # it and all behind it go on
#
# One connection is held: the first on which such a command comes. If the worker gives that up,
# Redis never hears what was held.

use v5.30;
use warnings;
use Exporter qw(import);
use File::Temp qw(tempdir);
use IO::Handle;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Socket;
use Time::HiRes qw(time);

my @children;

sub new {
    my ($class, $magpie) = @_;
    my $path   = tempdir(CLEANUP => 1) . '/redis.sock';
    my $server = IO::Socket::UNIX->new(Local => $path, Listen => 10) or die "$path: $!";
    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $ours;
        eval { _relay($server, $theirs, $magpie->dir . '/run/redis.sock'); 1 } or print STDERR "relay: $@";
        POSIX::_exit(0);
    }
    close $theirs;
    $ours->autoflush;
    push @children, $pid;
    return bless { path => $path, control => $ours }, $class;
}

END {
    local $?;
    for (@children) { kill KILL => $_; waitpid $_, 0 }
}

sub path { $_[0]{path} }

sub hold {
    my ($self, $pattern) = @_;
    $self->{held} = 0;
    return $self->_order("hold $pattern");
}

sub release { return $_[0]->_order('release') }

# Whether what is to be held has come, within `seconds`.
sub held {
    my ($self, $seconds) = @_;
    my $deadline = time + $seconds;
    while (!$self->{held} && IO::Select->new($self->{control})->can_read($deadline - time)) {
        $self->_hear;
    }
    return $self->{held};
}

sub _order {
    my ($self, $order) = @_;
    $self->{control}->print("$order\n");
    1 while $self->_hear ne 'done';
    return;
}

# One line of the relay's: "done" for each order, "held" for what it held. Byte by byte, so that
# nothing lies unseen by select.
sub _hear {
    my ($self) = @_;
    my $line = '';
    while ($line !~ s/\n//) {
        sysread $self->{control}, $line, 1, length $line or die 'the relay is gone';
    }
    $self->{held} = 1 if $line eq 'held';
    return $line;
}

# ---- the relay's own process ---------------------------------------------------------------------

sub _relay {
    my ($server, $control, $redis) = @_;
    my ($orders, $pattern, %end) = ('');           # the ends of all connections, by their descriptors
    $control->autoflush;
    while (1) {
        for my $socket (IO::Select->new($server, $control, map { $_->{socket} } values %end)->can_read) {
            if ($socket == $server) {
                my $worker = { socket => scalar $server->accept, to_redis => 1, said => '' };
                my $other  = { socket => IO::Socket::UNIX->new(Peer => $redis) // next, said => '', other => $worker };
                $worker->{other} = $other;
                $end{ fileno $_->{socket} } = $_ for $worker, $other;
            }
            elsif ($socket == $control) {
                sysread $control, $orders, 4096, length $orders or return;
                while ($orders =~ s/^(\w+) ?(.*)\n//) {
                    $pattern = $1 eq 'hold' ? qr/^(?:$2)/ : undef;
                    $_->{stuck} = 0, _pass_on($_) for $1 eq 'release' ? values %end : ();
                    print $control "done\n";
                }
            }
            elsif (my $end = $end{ fileno $socket // -1 }) {     # or it went with its other end just now
                if (!sysread $socket, $end->{said}, 65_536, length $end->{said}) {
                    delete @end{ map { fileno $_->{socket} } $end, $end->{other} };
                    close $_->{socket} for $end, $end->{other};
                }
                elsif (_pass_on($end, $pattern)) {
                    undef $pattern;
                    print $control "held\n";
                }
            }
        }
    }
}

# Passes on what was said: by Redis as it is, by a worker in whole commands. True: one is held now.
sub _pass_on {
    my ($end, $pattern) = @_;
    my $pass = sub { syswrite $end->{other}{socket}, substr $end->{said}, 0, $_[0], '' };
    return $pass->(length $end->{said}) && 0 if !$end->{to_redis};
    while (!$end->{stuck}) {
        my ($length, $command) = _command($end->{said}) or last;
        return $end->{stuck} = 1 if $pattern && $command =~ $pattern;
        $pass->($length);
    }
    return 0;
}

# The first command in bytes: its length, and its words with blanks between. Nothing, if it isn't whole.
sub _command {
    my ($bytes) = @_;
    my ($count) = $bytes =~ /\G\*(\d+)\r\n/gc or return;
    my @words;
    while (@words < $count) {
        my ($length) = $bytes =~ /\G\$(\d+)\r\n/gc or return;
        my $at = pos $bytes;
        return if length $bytes < $at + $length + 2;
        push @words, substr $bytes, $at, $length;
        pos($bytes) = $at + $length + 2;
    }
    return (pos $bytes, "@words");
}

1;
