package Rival;

# What the rivals of `make bench` share: servers of others in a temporary folder, as an ordinary user. They end with the
# program, if not before.

use v5.30;
use warnings;
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Magpie;
use POSIX ();

my %running;                # folder => {name => process id}
my $owner = $$;

sub new {
    my ($class, $name) = @_;
    my $self = bless { dir => tempdir("$name-XXXXXX", TMPDIR => 1), pids => {} }, $class;
    $running{ $self->{dir} } = $self->{pids};
    return $self;
}

# A file of the folder, from one of t/bench/, in which @word@ stands for a word's value.
sub write_file {
    my ($self, $from, $to, %word) = @_;
    open my $in, '<', Magpie::root() . "/t/bench/$from" or die "$from: $!";
    my $text = do { local $/; <$in> };
    $text =~ s/\@(\w+)\@/$word{$1} \/\/ die "no $1"/ge;
    open my $out, '>', "$self->{dir}/$to" or die "$to: $!";
    print $out $text;
    close $out or die "$to: $!";
    return;
}

sub spawn {
    my ($self, $name, @command) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $ENV{PATH} .= ':/usr/sbin';
        $ENV{HOME} = $self->{dir};
        POSIX::setsid();
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>>', "$self->{dir}/$name.out";
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec @command; }
        POSIX::_exit(127);
    }
    return $self->{pids}{$name} = $pid;
}

sub end {
    my ($self, $name) = @_;
    my $pid = delete $self->{pids}{$name} or return;
    local $?;
    kill TERM => $pid;
    return if wait_until { waitpid($pid, 1) } 5;
    kill KILL => -$pid;
    waitpid $pid, 0;
    return;
}

sub free_port {
    return IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1)->sockport;
}

sub answers { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_[0]) }

sub descriptors {
    chomp(my $count = `sh -c 'ulimit -n'`);
    return $count eq 'unlimited' ? 65_536 : $count;
}

# The last lines of a file.
sub tail {
    my ($self, $name) = @_;
    open my $in, '<', "$self->{dir}/$name" or return;
    my @lines = <$in>;
    return @lines > 3 ? @lines[ -3 .. -1 ] : @lines;
}

sub address   { "127.0.0.1:$_[0]{port}" }
sub dir       { $_[0]{dir} }
sub processes { $_[0]{pids}->%* }

sub stop {
    my ($self) = @_;
    return if $owner != $$;
    $self->end($_) for keys $self->{pids}->%*;
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
