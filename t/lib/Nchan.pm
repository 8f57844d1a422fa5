package Nchan;

# nchan, a rival of `make bench`: nginx with Debian's libnginx-mod-nchan, with or without a Redis of its own.
#
#   my $nchan = Nchan->start(redis => 1, workers => 2) or die Nchan->missing;
#   $nchan->address;                # 127.0.0.1:PORT
#   $nchan->processes;              # (nginx => PID, redis => PID)

use v5.30;
use warnings;
use parent 'Rival';
use File::Path qw(make_path);
use Magpie;

use constant MODULE => 'usr/lib/nginx/modules/ngx_nchan_module.so';

my $missing;

# Why there is none.
sub missing { $missing }

# The module: installed, or out of Debian's package, which is unpacked in a folder of our own.
sub _module {
    my $shared = "/${\MODULE}";
    return $shared if -e $shared;
    my $dir = Magpie::root() . '/var/bench/nchan';
    return "$dir/${\MODULE}" if -e "$dir/${\MODULE}";
    eval { make_path($dir); 1 } && -w $dir or return;
    system("cd '$dir' && apt-get download libnginx-mod-nchan >/dev/null 2>&1 && dpkg -x libnginx-mod-nchan_*.deb .");
    return -e "$dir/${\MODULE}" ? "$dir/${\MODULE}" : undef;
}

sub fetch { defined _module() }

sub start {
    my ($class, %option) = @_;
    my $module = _module();
    if (!defined $module) {
        $missing = 'there is no libnginx-mod-nchan';
        return;
    }
    my $self = $class->new('nchan');
    $self->{port} = Rival::free_port();
    my ($upstream, $store) = ('', '');
    if ($option{redis}) {
        my $port = Rival::free_port();
        $self->spawn(redis => 'redis-server', '--port', $port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', $self->dir);
        wait_until { Rival::answers($port) } 10;
        $upstream = "    upstream store {\n        nchan_redis_server redis://127.0.0.1:$port;\n    }";
        $store    = 'nchan_redis_pass store;';
    }
    $self->_write_conf(module => $module, workers => $option{workers}, upstream => $upstream, store => $store);
    $self->spawn(nginx => 'nginx', '-p', $self->dir . '/', '-c', $self->dir . '/nginx.conf');
    return $self if wait_until { Rival::answers($self->{port}) } 10;
    $missing = "nchan doesn't start: " . join ' ', map { $self->tail($_) } qw(nginx.log nginx.out);
    return;
}

sub _write_conf {
    my ($self, %word) = @_;
    my $descriptors = Rival::descriptors();
    my $sub = join '', map { "        location = /sub$_ {\n            nchan_subscriber longpoll;\n"
            . "            nchan_channel_id \$arg_id;\n            nchan_channel_id_split_delimiter \",\";\n"
            . "            nchan_subscriber_first_message oldest;\n            nchan_subscriber_timeout ${_}s;\n"
            . "            $word{store}\n        }\n" } 5, 10, 15, 20, 25;
    $self->write_file('nchan.conf.in', 'nginx.conf', %word, user => $> ? '' : 'user root root;', descriptors => $descriptors,
        dir => $self->dir, connections => $descriptors - 64, port => $self->{port}, sub => $sub);
    return;
}

1;
