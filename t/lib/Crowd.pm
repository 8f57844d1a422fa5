package Crowd;

# Very many connections at once, kept open, in one process: for tests of load.
#
#   my $crowd = Crowd->new($magpie);
#   my $line  = $crowd->line($user);                         # one connection, one request at a time
#   $line->ask(GET => '/api/me', undef, sub { my ($status, $body) = @_; ... });   # status 0: no answer
#   $crowd->run(10, sub { $answers == 500 }) or die;         # moves bytes until the condition holds
#
# A callback may ask again at once. Bodies are bytes: whoever has a hundred thousand events to look
# at does that with a pattern.

use v5.30;
use warnings;
use Errno qw(EAGAIN EINPROGRESS EINTR);
use JSON::PP ();
use POSIX ();
use Socket qw(AF_INET SOCK_STREAM SOCK_NONBLOCK INADDR_LOOPBACK pack_sockaddr_in);
use Time::HiRes qw(time);

# Starts the program again with room for that many descriptors, if it has less.
sub need_descriptors {
    my ($count) = @_;
    return if POSIX::sysconf(&POSIX::_SC_OPEN_MAX) >= $count;
    die "ulimit -n $count is not allowed here\n" if $ENV{CROWD_RAISED}++;
    exec 'sh', '-c', "ulimit -n $count && exec \"\$0\" \"\$@\"", $^X, (map { "-I$_" } @INC), $0, @ARGV or die "sh: $!";
}

sub new {
    my ($class, $magpie) = @_;
    return bless { magpie => $magpie, lines => [], reading => '', writing => '', waiting => 0 }, $class;
}

sub line {
    my ($self, $user) = @_;
    return bless { crowd => $self, user => $user, out => '', in => '' }, 'Crowd::Line';
}

# Lines that wait for an answer.
sub waiting { $_[0]{waiting} }

sub run {
    my ($self, $seconds, $condition) = @_;
    my $deadline = time + $seconds;
    until ($condition->()) {
        my $left = $deadline - time;
        return 0 if $left <= 0;
        my ($read, $write) = ($self->{reading}, $self->{writing});
        my $found = select $read, $write, undef, $left < 0.2 ? $left : 0.2;
        next if $found <= 0;
        my $lines = $self->{lines};
        for my $way ([ $write, '_write' ], [ $read, '_read' ]) {
            my ($bits, $method) = (unpack('b*', $way->[0]), $way->[1]);
            for (my $at = index $bits, '1'; $at >= 0; $at = index $bits, '1', $at + 1) {
                $lines->[$at]->$method if $lines->[$at];
            }
        }
    }
    return 1;
}

package Crowd::Line;

use v5.30;
use warnings;
use Errno qw(EAGAIN EINPROGRESS EINTR);
use Socket qw(AF_INET SOCK_STREAM SOCK_NONBLOCK INADDR_LOOPBACK pack_sockaddr_in);

sub user { $_[0]{user} }

sub ask {
    my ($self, $method, $path, $body, $done) = @_;
    die 'a line has one request at a time' if $self->{done};
    my $user  = $self->{user};
    my $bytes = ref $body ? JSON::PP->new->utf8->encode($body) : $body // '';
    $self->{out} = join "\r\n", "$method $path HTTP/1.1", 'Host: 127.0.0.1:' . $self->{crowd}{magpie}->port,
        'Cookie: ' . $user->cookie_header,
        $method eq 'GET' ? () : ('X-CSRFToken: ' . $user->csrf, 'Content-Type: application/json', 'Content-Length: ' . length $bytes),
        '', $bytes;
    $self->{in}   = '';
    $self->{done} = $done;
    $self->{crowd}{waiting}++;
    $self->_connect if !$self->{socket};
    $self->_write;
    return;
}

sub _connect {
    my ($self) = @_;
    socket my $socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 or die "socket: $!";
    connect $socket, pack_sockaddr_in($self->{crowd}{magpie}->port, INADDR_LOOPBACK) or $! == EINPROGRESS or die "connect: $!";
    $self->{socket} = $socket;
    my $fd = fileno $socket;
    $self->{crowd}{lines}[$fd] = $self;
    vec($self->{crowd}{reading}, $fd, 1) = 1;
    return;
}

sub close {
    my ($self) = @_;
    return if !$self->{socket};
    my $fd = fileno $self->{socket};
    undef $self->{crowd}{lines}[$fd];
    vec($self->{crowd}{$_}, $fd, 1) = 0 for qw(reading writing);
    CORE::close delete $self->{socket};
    $self->_answered(0, '') if $self->{done};
    return;
}

sub _answered {
    my ($self, $status, $body) = @_;
    my $done = delete $self->{done};
    $self->{crowd}{waiting}--;
    $done->($status, $body);
    return;
}

sub _write {
    my ($self) = @_;
    return if !$self->{socket};
    my $count = length $self->{out} ? syswrite $self->{socket}, $self->{out} : 0;
    substr $self->{out}, 0, $count, '' if $count;
    if (!defined $count && $! != EAGAIN && $! != EINTR && $!{ENOTCONN} == 0) {
        return $self->close;
    }
    vec($self->{crowd}{writing}, fileno $self->{socket}, 1) = length $self->{out} ? 1 : 0;
    return;
}

sub _read {
    my ($self) = @_;
    return if !$self->{socket};
    my $count = sysread $self->{socket}, $self->{in}, 1 << 20, length $self->{in};
    return if !defined $count && ($! == EAGAIN || $! == EINTR);
    return $self->close if !$count;
    my $end = index $self->{in}, "\r\n\r\n";
    return if $end < 0;
    my ($length) = substr($self->{in}, 0, $end) =~ /^Content-Length: (\d+)/im;
    $length //= 0;
    return if length($self->{in}) < $end + 4 + $length;
    my ($status) = $self->{in} =~ m{^HTTP/1.1 (\d{3})};
    my $body = substr $self->{in}, $end + 4, $length;
    $self->{in} = '';
    $self->_answered($status, $body) if $self->{done};
    return;
}

1;
