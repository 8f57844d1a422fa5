#!/usr/bin/perl
# Mentions over HTTP: the event, the history and the contact say whom a message mentions and how many mention
# me, whichever worker has it and whatever was lost in between.
use v5.30;
use utf8;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Magpie;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $magpie = Magpie->start(workers => 2);
my $alex   = $magpie->user('alex');
my ($kim, $max) = map { $magpie->user($_, friends => [$alex]) } qw(kim max);
my $group  = $alex->post('/api/groups', { name => 'Birds' })->json->{group}{id};
$alex->post("/api/groups/$group/members", { user_id => $_->id }) for $kim, $max;

sub says {
    my ($user, $msg) = @_;
    my $reply = $user->post('/api/send', { contact_type => 'group', to => $group, msg => $msg, client_id => $magpie->uuid });
    is $reply->status, 201, "sent: $msg";
    return $reply->json->{message};
}
sub group_of { return (grep { $_->{contact_type} eq 'group' } $_[0]->{contacts}->@*)[0] }
sub counts { my $c = group_of($_[0]->post('/api/changes', {})->json); return "$c->{unread} $c->{mentioned}" }

# The next event of a type.
sub event {
    my ($tab, $type) = @_;
    my $event;
    wait_until { ($event) = grep { $_->{type} eq $type } $tab->events(timeout => 1); $event } 10;
    return $event;
}

$magpie->settled;
my %tab = map { $_->id => $_->open_queue } $kim, $max;
is group_of($tab{ $kim->id }->state)->{mentioned}, 0, 'nothing yet';
my ($single) = grep { $_->{contact_type} eq 'single' } $tab{ $kim->id }->state->{contacts}->@*;
is $single->{mentioned}, 0, '... nor of a person';

my $sent = says($alex, '你好@Kim，看');
is_deeply $sent->{mentions}, [$kim->id], 'the answer says who is meant';
for my $user ($kim, $max) {
    is_deeply event($tab{ $user->id }, 'message')->{message}{mentions}, [$kim->id], 'and each reader is told the same';
}
ok !exists says($alex, 'write to a@kim.example')->{mentions}, 'where nobody is, there is no such member';
event($tab{ $_->id }, 'message') for $kim, $max;
is_deeply says($alex, '@all')->{mentions}, ['all'], 'everybody, by the owner';
ok !exists says($kim, '@all')->{mentions}, '... by a member nobody';
is_deeply [map { $_->{mentions} } $max->get("/api/history?contact_type=group&contact_id=$group&limit=4")->json->{messages}->@*],
    [[$kim->id], undef, ['all'], undef], 'the history has them';
is counts($kim), '3 2', 'how many mention me';
is counts($max), '4 1', '... and another one';

# What is lost in Redis comes with the state, and is the same.
$magpie->redis('flushall');
my $new = $kim->open_queue(have => [{ contact_type => 'group', contact_id => $group, rev => $sent->{rev} - 1 }]);
is_deeply [map { $_->{mentions} } $new->state->{changes}[0]{messages}->@*], [[$kim->id], undef, ['all'], undef], 'after a loss the changes have them';
my $contact = group_of($new->state);
is "$contact->{unread} $contact->{mentioned}", '3 2', 'and the contact';

$kim->post('/api/read', { contact_type => 'group', contact_id => $group, seq => $sent->{seq} });
my $read = event($new, 'read');
is "$read->{unread} $read->{mentioned}", '2 1', 'reading tells what is left';
$kim->patch("/api/conversations/group/$group", { muted => \1 });
my $view = event($new, 'conversation');
is "$view->{unread} $view->{mentioned}", '2 1', 'and so does a change of my view';
$kim->post("/api/conversations/group/$group/clear", { seq => 1000 });
$view = event($new, 'conversation');
is "$view->{unread} $view->{mentioned}", '0 0', '... and clearing';

# What somebody has committed who is there no longer is pushed by a worker that sweeps, with its mentions.
$magpie->psql(sprintf q{select from magpie.send_messages(array[%d], '{group}', array[%d], '{@kim}', array[gen_random_uuid()])}, $alex->id, $group);
my ($message) = map { $_->{message} } event($new, 'message');
is_deeply $message->{mentions}, [$kim->id], 'swept';
done_testing;
