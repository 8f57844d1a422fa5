package Xmpp;

# Prosody and ejabberd, rivals of `make bench`, asked by BOSH (XMPP over long polls), with or without an archive.
#
#   my $server = Xmpp->start('prosody', users => 1000, archive => 1) or die Xmpp->missing;
#   $server->address;               # 127.0.0.1:PORT
#   $server->processes;             # (prosody => PID)

use v5.30;
use warnings;
use parent 'Rival';
use File::Path qw(make_path);
use Magpie;

use constant PASSWORD => 'bench';

# Each: its program, the file it is told all with, how it is told to have an archive, and how it is started.
my %servers = (
    prosody => {
        program => 'prosody', conf => 'prosody.lua', archive => '"mam"',
        start   => sub { my ($self) = @_; $self->_write_accounts; return ('prosody', '-F', '--config', $self->dir . '/prosody.lua') },
    },
    ejabberd => {
        program => 'ejabberdctl', conf => 'ejabberd.yml', archive => '    mod_mam: { default: always }',
        start   => sub { my ($self) = @_; return $self->_erl },
    },
);
my $missing;

# Why there is none.
sub missing { $missing }

# start('prosody', users => N, archive => 1): with the accounts bench0, bench1 and so on.
sub start {
    my ($class, $name, %option) = @_;
    my $server = $servers{$name};
    if (system("PATH=\$PATH:/usr/sbin command -v $server->{program} >/dev/null") != 0) {
        $missing = "it is not installed (apt-get install $name)";
        return;
    }
    my $self = $class->new($name);
    $self->{users} = $option{users};
    $self->{port}  = Rival::free_port();
    $self->write_file("$server->{conf}.in", $server->{conf}, dir => $self->dir, port => $self->{port}, archive => $option{archive} ? $server->{archive} : '');
    $self->spawn($name => _as_nobody($self->dir, $server->{start}->($self)));
    return $self if wait_until { $self->_is_ready } 120;
    $missing = "it doesn't start: " . join ' ', map { $self->tail($_) } "$name.log", "$name.out";
    return;
}

# ejabberd makes its accounts after it has begun to listen.
sub _is_ready {
    my ($self) = @_;
    return Rival::answers($self->{port}) && (!$self->{ready} || -e $self->{ready});
}

# Neither of them is to be run by root.
sub _as_nobody {
    my ($dir, @command) = @_;
    return @command if $>;
    my ($uid, $gid) = (getpwnam 'nobody')[ 2, 3 ];
    system('chown', '-R', "$uid:$gid", $dir);
    return ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups', @command);
}

sub _write_accounts {
    my ($self) = @_;
    my $dir = $self->dir . '/data/localhost/accounts';
    make_path($dir);
    for my $n (0 .. $self->{users} - 1) {
        open my $out, '>', "$dir/bench$n.dat" or die "$dir: $!";
        print $out qq(return {\n\t["password"] = ") . PASSWORD . qq(";\n};\n);
        close $out or die "$dir: $!";
    }
    return;
}

# Without ejabberdctl, which insists on a user of its own, and without a name, so that no other node finds it. The limits are
# ejabberdctl's.
sub _erl {
    my ($self) = @_;
    my $dir = $self->dir;
    $self->{ready} = "$dir/ready";
    my ($libs) = map { s{/ejabberd-[^/]*$}{}r } glob '/usr/lib/*/ejabberd-*';
    my %set = (ERL_LIBS => $libs // '', EJABBERD_CONFIG_PATH => "$dir/ejabberd.yml", EJABBERD_LOG_PATH => "$dir/ejabberd.log", ERL_CRASH_DUMP => '/dev/null');
    my $make = sprintf q{[ok = ejabberd_auth:try_register(<<"bench", (integer_to_binary(N))/binary>>, <<"localhost">>, <<"%s">>)}
        . q{ || N <- lists:seq(0, %d)], file:write_file("%s", "")}, PASSWORD, $self->{users} - 1, $self->{ready};
    return ('env', (map { "$_=$set{$_}" } sort keys %set), 'erl', qw(+K true +P 250000 +Q 65536 -noinput), '-mnesia', 'dir', qq("$dir/mnesia"),
        '-s', 'ejabberd', '-eval', "$make.");
}

1;
