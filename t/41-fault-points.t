#!/usr/bin/perl
# A worker that ends at the worst moments of a message's road: around its commit, between two pushes,
# behind the answer. The key settles what the sender doesn't know, and the outbox what wasn't pushed.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp 'tempdir';
use Test::More;
use Time::HiRes 'time';
use Magpie;

my $file   = tempdir(CLEANUP => 1) . '/fault';
my $magpie = Magpie->start(workers => 2, env => { MAGPIE_BUILD => Magpie::built('faults'), MAGPIE_FAULT_FILE => $file });
my $alex   = $magpie->user('alex');
my @others = map { $magpie->user($_, friends => [$alex]) } qw(kim max);
my $group  = $alex->post('/api/groups', { name => 'birds' })->json->{group}{id};
$alex->post("/api/groups/$group/members", { user_id => $_->id }) for @others;

# Right behind a worker's end nginx may ask it once more: a poll is 502 then, and asked again.
sub received {
    my ($tab) = @_;
    my @messages = eval { $tab->receive(timeout => 1) };
    die $@ if $@ && $@ !~ /^receive: 502 /;
    return @messages;
}

sub settled { return $magpie->psql('select count(*) from magpie.outbox') == 0 }

sub write_file {
    my ($text) = @_;
    open my $out, '>', "$file.new" or die "$file: $!";
    print $out $text;
    close $out or die $!;
    rename "$file.new", $file or die $!;
    return;
}

# At a point that no pass of a message asks for, nothing happens.
write_file("elsewhere 1\n");
is $alex->send(group => $group, msg => 'unharmed')->status, 201, 'another point harms nobody';
ok -e $file, 'and stays asked for';

# Each ends a worker at the third pass: two messages come through, the third is the one.
for my $point (qw(before-commit after-commit after-first-push after-answer)) {
    subtest $point => sub {
        ok wait_until(sub { settled() }, 10), 'all that was before is pushed';
        my @tabs = map { $_->open_queue } @others;
        my @pids = $magpie->worker_pids;
        my (%sent, $ended);
        write_file("$point 3\n");
        for my $n (1 .. 20) {
            my %send = (contact_type => 'group', to => $group, msg => "$point $n", client_id => Magpie->uuid);
            my $reply;
            ok wait_until(sub { $reply = $alex->post('/api/send', \%send); $reply->status =~ /^20[01]$/ }, 10), "message $n is committed"
                or diag $reply->status;
            $sent{ $send{msg} } = 1;
            $ended //= time if !-e $file;
            last if $ended;
        }
        ok $ended, 'a worker met the point';
        ok keys %sent >= 3, 'at the third pass, not before';
        for my $tab (@tabs) {
            my %seen;
            ok wait_until(sub { $seen{$_}++ for map { $_->{seq} . ' ' . $_->{msg} } received($tab); keys %seen >= keys %sent }, 8),
                'a tab gets all of them';
            is_deeply [sort map { s/^\d+ //r } keys %seen], [sort keys %sent], 'and nothing else';
        }
        ok time - $ended < 5, sprintf '%.1f s behind the end', time - $ended;
        is $magpie->psql("select count(*) from magpie.message where msg like '$point %'"), scalar keys %sent, 'each is stored once';
        ok wait_until(sub { my %old = map { $_ => 1 } @pids; (grep { $_ && !$old{$_} } $magpie->worker_pids) == 1 }, 5), 'one worker is a new one';
        ok wait_until(sub { settled() }, 10), 'and the outbox is empty';
    };
}
done_testing;
