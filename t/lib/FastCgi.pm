package FastCgi;

# One connection to a worker's socket, as nginx has it, or as nobody should.
#
#   my $c = FastCgi->new($magpie);
#   my $reply = $c->ask(GET => '/api/me', user => $alex);     # ->{status} ->{json} ->{headers} ->{end}
#   $c->write($bytes);                                        # bytes as they are; record(...) makes some
#   $reply = $c->reply(2);                                    # undef: nothing whole within two seconds
#   ok $c->closed(2);                                         # the worker hung up
#
# A request as bytes: request(METHOD => PATH, user =>, body =>, params => {...}, keep => 0, id => 7).

use v5.30;
use warnings;
use Errno qw(EAGAIN EINTR);
use Exporter qw(import);
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP ();
use Time::HiRes qw(time);

our @EXPORT = qw(record begin_record pair request BEGIN_REQUEST ABORT END_REQUEST PARAMS STDIN_ STDOUT_ GET_VALUES);

use constant { BEGIN_REQUEST => 1, ABORT => 2, END_REQUEST => 3, PARAMS => 4, STDIN_ => 5, STDOUT_ => 6, GET_VALUES => 9 };

sub record {
    my ($type, $content, %option) = @_;
    my $padding = $option{padding} // 0;
    return pack('CCnnCC', $option{version} // 1, $type, $option{id} // 1, $option{length} // length $content, $padding, 0)
        . $content . "\0" x $padding;
}

sub begin_record {
    my (%option) = @_;
    return record(BEGIN_REQUEST, pack('nCx5', $option{role} // 1, $option{keep} // 1), %option);
}

sub pair {
    my ($name, $value) = @_;
    return join '', (map { length > 127 ? pack 'N', length() | 1 << 31 : chr length } $name, $value), $name, $value;
}

# Everything nginx would say of it. `part` cuts the body into records; `params` come on top, undef
# takes one away; `raw_params` are bytes instead of all.
sub request {
    my ($method, $target, %option) = @_;
    my ($path, $query) = split /\?/, $target, 2;
    my $body = $option{body} // '';
    $body = JSON::PP->new->utf8->encode($body) if ref $body;
    my %params = (
        REQUEST_METHOD => $method, DOCUMENT_URI => $path, QUERY_STRING => $query // '', REMOTE_ADDR => '127.0.0.1',
        HTTP_HOST    => 'localhost',
        CONTENT_TYPE => length $body ? 'application/json' : '', CONTENT_LENGTH => length $body ? length $body : '',
    );
    if (my $user = $option{user}) {
        $params{HTTP_COOKIE}      = $user->cookie_header;
        $params{HTTP_X_CSRFTOKEN} = $user->csrf if $method !~ /^(?:GET|HEAD)$/;
    }
    %params = (%params, ($option{params} // {})->%*);
    my $pairs = $option{raw_params} // join '', map { pair($_, $params{$_}) } grep { defined $params{$_} } sort keys %params;
    my $part  = $option{part} // 32_768;
    my %id    = (id => $option{id} // 1, padding => $option{padding} // 0);
    return join '', begin_record(%id, keep => $option{keep} // 1),
        (map { record(PARAMS, $_, %id) } unpack("(a$part)*", $pairs), ''),
        (map { record(STDIN_, $_, %id) } unpack("(a$part)*", $body), '');
}

sub new {
    my ($class, $magpie) = @_;
    my $path   = $magpie->dir . '/run/fcgi.sock';
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!";
    $socket->blocking(0);
    return bless { socket => $socket, in => '', asked => 0 }, $class;
}

# False: the worker doesn't take it, having hung up or for want of time.
sub write {
    my ($self, $bytes, $seconds) = @_;
    my $deadline = time + ($seconds // 5);
    while (length $bytes) {
        my $count = syswrite $self->{socket}, $bytes;
        if (defined $count) {
            substr $bytes, 0, $count, '';
            next;
        }
        return if $! != EAGAIN && $! != EINTR || time > $deadline;
        IO::Select->new($self->{socket})->can_write(0.1);
    }
    return 1;
}

# Reads once more, or notes the end.
sub _read {
    my ($self, $deadline) = @_;
    my $left = $deadline - time;
    return if !IO::Select->new($self->{socket})->can_read($left > 0 ? $left : 0);
    my $count = sysread $self->{socket}, $self->{in}, 65_536, length $self->{in};
    $self->{closed} = 1 if defined $count ? !$count : $! != EAGAIN && $! != EINTR;
    return !$self->{closed};
}

sub closed {
    my ($self, $seconds) = @_;
    my $deadline = time + ($seconds // 2);
    1 while !$self->{closed} && $self->_read($deadline);
    return $self->{closed} ? 1 : 0;
}

# What came and was no part of a reply.
sub left { $_[0]{in} }

# The next whole answer: {status, headers => {...}, body, json, end => protocol status, id, records}.
sub reply {
    my ($self, $seconds) = @_;
    my $deadline = time + ($seconds // 5);
    my ($at, $out, $records) = (0, '', 0);
    while (1) {
        while (length($self->{in}) - $at >= 8) {
            my ($version, $type, $id, $length, $padding) = unpack "x${at}CCnnC", $self->{in};
            last if length($self->{in}) - $at < 8 + $length + $padding;
            my $content = substr $self->{in}, $at + 8, $length;
            $at += 8 + $length + $padding;
            $records++;
            $out .= $content if $type == STDOUT_;
            next if $type != END_REQUEST;
            substr $self->{in}, 0, $at, '';
            return _understood($out, id => $id, version => $version, end => unpack('x4C', $content), records => $records);
        }
        return if $self->{closed} || !$self->_read($deadline);
    }
}

sub _understood {
    my ($out, %reply) = @_;
    my ($head, $body) = split /\r\n\r\n/, $out, 2;
    $reply{body} = $body // '';
    for my $line (split /\r\n/, $head // '') {
        my ($name, $value) = split /:\s*/, $line, 2;
        $reply{headers}{ lc $name } = $value;
    }
    ($reply{status}) = ($reply{headers}{status} // '') =~ /^(\d{3})/;
    $reply{json} = eval { JSON::PP->new->utf8->decode($reply{body}) };
    ($reply{problem}) = ref $reply{json} eq 'HASH' ? ($reply{json}{type} // '') =~ /^urn:magpie:problem:(.*)/ : ();
    return \%reply;
}

sub ask {
    my ($self, $method, $path, %option) = @_;
    $self->write(request($method, $path, %option));
    return $self->reply($option{seconds});
}

sub close { CORE::close $_[0]{socket}; return }

1;
