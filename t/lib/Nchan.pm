package Nchan;

# nchan, a rival of `make bench`: nginx with Debian's libnginx-mod-nchan in a temporary folder, with or without a Redis
# of its own. It stops when the program ends, if not before.
#
#   my $nchan = Nchan->start(redis => 1) or die Nchan->missing;
#   $nchan->address;                # 127.0.0.1:PORT
#   $nchan->processes;              # (nginx => PID, redis => PID)

use v5.30;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Magpie;
use POSIX ();

use constant MODULE => 'usr/lib/nginx/modules/ngx_nchan_module.so';

my $missing;
my %running;                # folder => {name => process id}
my $owner = $$;

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
    my $self = bless { dir => tempdir('nchan-XXXXXX', TMPDIR => 1), pids => {} }, $class;
    $running{ $self->{dir} } = $self->{pids};
    $self->{port} = _free_port();
    my ($upstream, $store) = ('', '');
    if ($option{redis}) {
        my $port = _free_port();
        $self->_spawn(redis => 'redis-server', '--port', $port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', $self->{dir});
        wait_until { _answers($port) } 10;
        $upstream = "    upstream store {\n        nchan_redis_server redis://127.0.0.1:$port;\n    }";
        $store    = 'nchan_redis_pass store;';
    }
    $self->_write_conf($module, $upstream, $store);
    $self->restart;
    return $self if wait_until { _answers($self->{port}) } 10;
    $missing = "nchan doesn't start: " . join ' ', _tail("$self->{dir}/nginx.log"), _tail("$self->{dir}/nginx.out");
    return;
}

sub _write_conf {
    my ($self, $module, $upstream, $store) = @_;
    chomp(my $descriptors = `sh -c 'ulimit -n'`);
    my $sub = join '', map { "        location = /sub$_ {\n            nchan_subscriber longpoll;\n"
            . "            nchan_channel_id \$arg_id;\n            nchan_channel_id_split_delimiter \",\";\n"
            . "            nchan_subscriber_first_message oldest;\n            nchan_subscriber_timeout ${_}s;\n"
            . "            $store\n        }\n" } 5, 10, 15, 20, 25;
    my %word = (
        module => $module, user => $> ? '' : 'user root root;', descriptors => $descriptors, dir => $self->{dir},
        connections => $descriptors - 64, port => $self->{port}, upstream => $upstream, store => $store, sub => $sub,
    );
    open my $in, '<', Magpie::root() . '/t/bench/nchan.conf.in' or die $!;
    my $conf = do { local $/; <$in> };
    $conf =~ s/\@(\w+)\@/$word{$1} \/\/ die "no $1"/ge;
    open my $out, '>', "$self->{dir}/nginx.conf" or die $!;
    print $out $conf;
    close $out or die $!;
    return;
}

# Starts nginx, and ends the one that runs.
sub restart {
    my ($self) = @_;
    $self->_end('nginx');
    return $self->_spawn(nginx => 'nginx', '-p', "$self->{dir}/", '-c', "$self->{dir}/nginx.conf");
}

sub _spawn {
    my ($self, $name, @command) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $ENV{PATH} .= ':/usr/sbin';
        POSIX::setsid();
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>>', "$self->{dir}/$name.out";
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec @command; }
        POSIX::_exit(127);
    }
    return $self->{pids}{$name} = $pid;
}

sub _end {
    my ($self, $name) = @_;
    my $pid = delete $self->{pids}{$name} or return;
    local $?;
    kill TERM => $pid;
    return if wait_until { waitpid($pid, 1) } 5;
    kill KILL => -$pid;
    waitpid $pid, 0;
    return;
}

sub _free_port {
    return IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1)->sockport;
}

sub _answers { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_[0]) }

sub _tail {
    open my $in, '<', $_[0] or return;
    my @lines = <$in>;
    return @lines > 3 ? @lines[ -3 .. -1 ] : @lines;
}

sub address   { "127.0.0.1:$_[0]{port}" }
sub dir       { $_[0]{dir} }
sub processes { $_[0]{pids}->%* }

sub stop {
    my ($self) = @_;
    return if $owner != $$;
    $self->_end($_) for keys $self->{pids}->%*;
    remove_tree($self->{dir}) if -d $self->{dir};
    delete $running{ $self->{dir} };
    return;
}

END {
    local $?;
    for my $dir (keys %running) {
        (bless { dir => $dir, pids => $running{$dir} }, __PACKAGE__)->stop;
    }
}

1;
