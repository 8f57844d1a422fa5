#!/usr/bin/perl
# People in SQL: how requests end, what I call my friends and where I put them, whom I block, who finds
# whom; what each of the others sees of it; and all of it at once.
use v5.30;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use MagpiePg;

my $pg = MagpiePg->start;
my ($alex, $kim, $max, $eve) = map { $pg->user($_) } qw(alex kim max eve);

# An answer's problem and field; a refusal must leave every table as it was.
sub refused {
    my ($what, $problem, @call) = @_;
    my $before = $pg->fingerprint;
    my $row = $pg->call(@call);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is join(' ', map { $_ // '-' } @$row{qw(problem field)}), $problem, "$what: $problem";
    is $row->{outbox}, undef, '... with nothing to push';
    is $pg->fingerprint, $before, '... and nothing stored';
    return $row;
}

# A good answer's events, as texts: who, type, and what the sub makes of the event.
sub told {
    my ($row, $short) = @_;
    return "a problem: $row->{problem}" if defined $row->{problem};
    return sort map {
        my $event = decode_json(do { my $e = $_->{event}; utf8::encode($e); $e });
        join ' ', (grep { $_->{readers} } $_)[0]{readers}[0], $event->{type}, $short->($event)
    } grep { defined $_->{event} } $pg->call('outbox_events', $row->{outbox});
}

sub request_state { my ($event) = @_; return $event->{request} ? @{ $event->{request} }{qw(id state)} : () }

sub ask { my ($from, $name, $limit) = @_; return $pg->call('friend_request_ask', $from, $name, '', $limit) }

sub age { my ($id, $interval) = @_; return $pg->psql("update magpie.friend_request set created_at = now() - interval '$interval' where id = $id") }

# --- requests: taking back, growing old, so many a day ---

my $asked = ask($alex, 'kim')->{request_id};
refused("taking back another's request", 'not-found -', 'friend_request_withdraw', $_, $asked) for $kim, $eve;
refused('taking back none', 'not-found -', 'friend_request_withdraw', $alex, 999);
is_deeply [told($pg->call('friend_request_withdraw', $alex, $asked), \&request_state)],
    [sort map { "$_ friend-request $asked withdrawn" } $alex, $kim], 'taking back one\'s own tells both';
is_deeply [map { $pg->call('friend_requests', $_) } $alex, $kim], [], 'it is gone for both';
refused('taking it back twice', 'not-found -', 'friend_request_withdraw', $alex, $asked);
refused('accepting it then', 'not-found -', 'friend_request_answer', $kim, $asked, 1);
refused('rejecting it then', 'not-found -', 'friend_request_answer', $kim, $asked, 0);

my $old = ask($alex, 'kim')->{request_id};
isnt $old, $asked, 'one may ask again';
age($old, '29 days 23 hours');
is scalar(() = $pg->call('friend_requests', $kim)), 1, 'a request that is almost 30 days old is open';
refused('asking again', 'already-asked username', 'friend_request_ask', $alex, 'kim', '', undef);
age($old, '30 days 1 second');
is_deeply [map { $pg->call('friend_requests', $_) } $alex, $kim], [], 'one that is 30 days old is closed for both';
refused('accepting it', 'not-found -', 'friend_request_answer', $kim, $old, 1);
refused('rejecting it', 'not-found -', 'friend_request_answer', $kim, $old, 0);
refused('taking it back', 'not-found -', 'friend_request_withdraw', $alex, $old);
my $crossed = ask($kim, 'alex');
is_deeply [@$crossed{qw(problem accepted)}], [undef, 0], 'asking somebody whose request is too old asks';
my $fresh = $crossed->{request_id};
is_deeply [told($crossed, \&request_state)],
    [sort map { ("$_ friend-request $old expired", "$_ friend-request $fresh open") } $alex, $kim],
    'and tells both of the old one too';
is $pg->value("select state from magpie.friend_request where id = $old"), 'expired', 'whose row says so then';
$pg->call('friend_request_answer', $alex, $fresh, 0);

my @many = map { $pg->user("many$_") } 1 .. 6;
is ask($max, "many$_", 3)->{problem}, undef, "request $_ of three a day" for 1 .. 2;
$pg->call('friend_request_withdraw', $max, ask($max, 'many3', 3)->{request_id});
my $late = refused('a fourth, though one was taken back', 'too-many-requests -', 'friend_request_ask', $max, 'many4', '', 3);
cmp_ok $late->{retry_after_s}, '>', 86_300, 'and when it may be: tomorrow';
cmp_ok $late->{retry_after_s}, '<=', 86_400, '... and no later';
refused('what is refused anyway', 'already-asked username', 'friend_request_ask', $max, 'many1', '', 3);
refused('whoever is unknown', 'not-found username', 'friend_request_ask', $max, 'nobody.here', '', 3);
is ask($eve, 'max', 3)->{accepted}, 0, 'others may ask';
is ask($max, 'eve', 3)->{accepted}, 1, 'and accepting by asking is no request';
$pg->psql("update magpie.friend_request set created_at = created_at - interval '23 hours 59 minutes 30 seconds' where from_id = $max and to_id = $many[0]");
cmp_ok refused('a minute before the first is a day old', 'too-many-requests -', 'friend_request_ask', $max, 'many4', '', 3)->{retry_after_s},
    '<=', 31, 'it is that one which makes room';
$pg->psql("update magpie.friend_request set created_at = created_at - interval '31 seconds' where from_id = $max and to_id = $many[0]");
is ask($max, 'many4', 3)->{problem}, undef, 'and then it does';
is ask($max, 'many5', 2)->{problem}, 'too-many-requests', 'a limit that was lowered counts the newest';

my @crowd   = map { $pg->user("crowd$_") } 1 .. 20;
my @answers = map { $_->[0] } $pg->at_once(map { ['friend_request_ask', $eve, "crowd$_", '', 5] } 1 .. 20);
is scalar(grep { !defined $_->{problem} } @answers), 4, 'twenty at once, five a day, one was made: four pass';
is scalar(grep { ($_->{problem} // '') eq 'too-many-requests' } @answers), 16, 'the others are told to wait';
is $pg->value("select count(*) from magpie.friend_request where from_id = $eve"), 5, 'and no more are stored';

my ($ann, $bob) = map { $pg->user($_) } qw(ann bob);
for my $round (1 .. 4) {
    my $id = ask($ann, 'bob')->{request_id};
    my ($took, $accepted) = map { $_->[0] } $pg->at_once(
        ['friend_request_withdraw', $ann, $id], ['friend_request_answer', $bob, $id, 1, '', '', 0]);
    is scalar(grep { !defined $_->{problem} } $took, $accepted), 1, "round $round: taken back while it is accepted: one of the two";
    is scalar(() = $pg->call('friend_ids', $ann)), defined $accepted->{problem} ? 0 : 1, '... and friends accordingly';
    $pg->call('friend_remove', $ann, $bob);
}

# An old worker asks by another name, and without a limit.
is $pg->call('friend_request_create', $eve, 'many6', 'hello')->{accepted}, 0, 'a worker of before 0006 asks';
refused('twice', 'already-asked username', 'friend_request_create', $eve, 'many6', '');

# --- what I call a friend, and my lists ---

sub friend_of_event { my ($event) = @_; return @{ $event->{friend} }{qw(id remark list_id)} }
sub lists_of_event  { my ($event) = @_; return join ',', map { $_->{name} } @{ $event->{lists} } }
sub lists           { my ($user) = @_; return join ',', map { $_->{name} } $pg->call('friend_lists', $user) }

my ($lea, $leo, $mia) = map { $pg->user($_) } qw(lea leo mia);
$pg->befriend($lea, $_) for $leo, $mia;
is_deeply [told($pg->call('friend_change', $lea, $leo, "L\x{e9}o", "l\x{e9}o", undef), \&friend_of_event)], ["$lea friend $leo L\x{e9}o 0"],
    'a remark tells oneself alone';
sub friends_of { my ($user) = @_; return [map { "$_->{username} '$_->{remark}' $_->{list_id}" } $pg->call('friend_page', $user, 0, 100)] }
is_deeply friends_of($lea), ["leo 'L\x{e9}o' 0", "mia '' 0"], 'it is in the list of friends';
is_deeply friends_of($leo), ["lea '' 0"], 'and not in his';
my ($contact) = grep { $_->{what} eq 'contact' && $_->{contact_id} == $leo } $pg->call('catch_up', $lea, [], [], []);
is_deeply [@$contact{qw(name username remark list_id)}], ['Leo', 'leo', "L\x{e9}o", 0], 'and among the contacts';
is scalar(grep { $_->{remark} } $pg->call('catch_up', $leo, [], [], [])), 0, 'of nobody else';
is_deeply [$pg->call('friend_change', $lea, $leo, "L\x{e9}o", "l\x{e9}o", 0)->{outbox}, $pg->call('friend_change', $lea, $leo, undef, undef, undef)->{outbox}],
    [[], []], 'the same again, or nothing, tells nobody';
refused('a remark for a stranger', 'not-found -', 'friend_change', $lea, $kim, 'x', 'x', undef);
refused('for an unknown user', 'not-found -', 'friend_change', $lea, 999, 'x', 'x', undef);
refused('for oneself', 'not-found -', 'friend_change', $lea, $lea, 'x', 'x', undef);

my $first = $pg->call('friend_list_create', $lea, 'Family', 'family');
is_deeply [told($first, \&lists_of_event)], ["$lea friend-lists Family"], 'a list tells oneself alone';
my ($family, $work, $club) = ($first->{list_id}, map { $pg->call('friend_list_create', $lea, $_, lc $_)->{list_id} } qw(Work Club));
is lists($lea), 'Family,Work,Club', 'lists come behind the others';
is lists($leo), '', 'nobody else has them';
refused('a name twice', 'list-name-taken name', 'friend_list_create', $lea, 'FAMILY', 'family');
is $pg->call('friend_list_create', $leo, 'Family', 'family')->{problem}, undef, 'another user may call one so';
refused('renaming to a name that is there', 'list-name-taken name', 'friend_list_change', $lea, $work, 'family', 'family', undef);
refused("changing another's", 'not-found -', 'friend_list_change', $leo, $work, 'Jobs', 'jobs', 1);
refused('changing none', 'not-found -', 'friend_list_change', $lea, 999, 'Jobs', 'jobs', 1);
is_deeply [told($pg->call('friend_list_change', $lea, $work, 'work', 'work', undef), \&lists_of_event)], ["$lea friend-lists Family,work,Club"],
    'renaming, also in case alone';
for (['Club,Family,work', $club, 1], ['Family,Club,work', $club, 2], ['Club,work,Family', $family, 100], ['Club,Family,work', $work, 3]) {
    my ($order, $list, $place) = @$_;
    is_deeply [told($pg->call('friend_list_change', $lea, $list, undef, undef, $place), \&lists_of_event)], ["$lea friend-lists $order"], "to place $place";
}
is_deeply [map { $_->{place} } $pg->rows("select place from friend_list where user_id = $lea order by place")], [1, 2, 3], 'places have no holes';
is_deeply $pg->call('friend_list_change', $lea, $work, 'work', 'work', 3)->{outbox}, [], 'what is so already tells nobody';

refused("putting a friend into another's list", 'not-found list_id', 'friend_change', $leo, $lea, undef, undef, $family);
refused('into none', 'not-found list_id', 'friend_change', $lea, $leo, 'x', 'x', 999);
is_deeply [told($pg->call('friend_change', $lea, $leo, undef, undef, $family), \&friend_of_event)], ["$lea friend $leo L\x{e9}o $family"], 'putting a friend into a list';
$pg->call('friend_change', $lea, $mia, 'Mimi', 'mimi', $family);
is_deeply friends_of($lea), ["leo 'L\x{e9}o' $family", "mia 'Mimi' $family"], 'each friend is in one';
$pg->call('friend_change', $lea, $leo, undef, undef, $club);
is_deeply [told($pg->call('friend_list_remove', $lea, $family), \&lists_of_event)], ["$lea friend-lists Club,work"], 'removing a list';
is_deeply friends_of($lea), ["leo 'L\x{e9}o' $club", "mia 'Mimi' 0"], 'moves its friends to the default one, and no others';
is_deeply [map { $_->{place} } $pg->rows("select place from friend_list where user_id = $lea order by place")], [1, 2], 'and leaves no hole';
refused("removing another's", 'not-found -', 'friend_list_remove', $leo, $club);
refused('removing one twice', 'not-found -', 'friend_list_remove', $lea, $family);
$pg->call('friend_change', $lea, $leo, '', '', 0);
is_deeply friends_of($lea), ["leo '' 0", "mia 'Mimi' 0"], 'a remark and a list can be taken away';

my $sam = $pg->user('sam');
$pg->call('friend_request_ask', $sam, 'lea', '', undef);
my ($open) = $pg->call('friend_requests', $lea);
refused("accepting into another's list", 'not-found list_id', 'friend_request_answer', $lea, $open->{id}, 1, '', '',
    $pg->call('friend_lists', $leo)->{id});
is_deeply [grep { /friend \d/ } told($pg->call('friend_request_answer', $lea, $open->{id}, 1, 'Sammy', 'sammy', $club),
        sub { $_[0]{friend} ? friend_of_event(@_) : () })],
    [sort "$lea friend $sam Sammy $club", "$sam friend $lea  0"], 'accepting with a remark, into a list: each is told what is for that one';

$pg->call('friend_list_create', $mia, "List $_", "list $_") for 1 .. 95;
my @made = map { $_->[0] } $pg->at_once(map { ['friend_list_create', $mia, "L $_", "l $_"] } 1 .. 12);
is scalar(grep { !defined $_->{problem} } @made), 5, 'of twelve at once for five places five are made';
is scalar(grep { ($_->{problem} // '') eq 'too-many-lists' } @made), 7, 'the others are told why not';
my @same = map { $_->[0] } $pg->at_once(map { ['friend_list_create', $leo, "Same", "same"] } 1 .. 8);
is scalar(grep { !defined $_->{problem} } @same), 1, 'eight of one name at once: one';
$pg->at_once(map { ['friend_list_change', $mia, $_->{id}, undef, undef, 1] } ($pg->call('friend_lists', $mia))[10 .. 21]);
is $pg->value("select string_agg(place::text, ',' order by place) = string_agg(n::text, ',' order by n)
    from (select place, row_number() over (order by place) as n from magpie.friend_list where user_id = $mia) x"), 1, 'moving many at once leaves 1 to 100';

my ($id_of) = grep { $_->{name} eq 'Same' } $pg->call('friend_lists', $leo);
$pg->at_once(['friend_list_remove', $leo, $id_of->{id}], map { ['friend_change', $leo, $lea, undef, undef, $id_of->{id}] } 1 .. 3);
is_deeply friends_of($leo), ["lea '' 0"], 'putting a friend into a list that goes: the friend is in the default one';

# An old worker's functions give what they gave.
is_deeply [map { "$_->{username} $_->{remark}" } $pg->call('friends', $lea)], ['leo ', 'mia Mimi', 'sam Sammy'], 'friends, by an old worker';
is_deeply [map { delete @$_{qw(remark list_id more m_mentions last_seen)}; $_ } $pg->call('catch_up', $lea, ['single'], [$leo], [7])],
    [$pg->call('resync', $lea, ['single'], [$leo], [7])], 'resync, too';

# --- blocks ---

sub block_of {
    my ($event) = @_;
    return ($event->{user}{id}, $event->{blocked} ? 1 : 0) if $event->{user};
    return $event->{friend} ? ($event->{friend}{id}, $event->{ended} ? 1 : 0) : request_state($event);
}

my ($ida, $jan, $liv) = map { $pg->user($_) } qw(ida jan liv);
$pg->befriend($ida, $jan);
is $pg->send($jan, 'single', $ida, 'before')->{seq}, 1, 'friends write';
is_deeply [told($pg->call('block_add', $ida, $jan), \&block_of)], [sort "$ida friend $jan 1", "$jan friend $ida 1", "$ida block $jan 1"],
    'a block ends the friendship, for both; oneself alone is told of the block';
is_deeply $pg->call('block_add', $ida, $jan), { problem => undef, field => undef, outbox => [] }, 'blocking twice is the same';
is_deeply [map { delete $_->{timestamp}; $_ } $pg->call('blocks', $ida, 0, 10)], [{ id => $jan, username => 'jan', name => 'Jan', avatar => undef }], 'it is in the list';
is_deeply [$pg->call('blocks', $jan, 0, 10)], [], 'of nobody else';
is_deeply [map { $pg->call('friend_ids', $_) } $ida, $jan], [], 'neither is told when the other is there';
is_deeply [map { $pg->send(@$_, 'x')->{problem} } [$ida, 'single', $jan], [$jan, 'single', $ida]], [('not-friends') x 2], 'neither may write';
is $pg->call('history', $_->[0], 'single', $_->[1], undef, undef, 10)->{msg}, 'before', 'both read what was' for [$ida, $jan], [$jan, $ida];
refused('asking whom I block', 'blocked username', 'friend_request_ask', $ida, 'jan', '', undef);
refused('asking who blocks me', 'not-found username', 'friend_request_ask', $jan, 'ida', '', undef);
my $ida_group = $pg->group('Ida', $ida);
refused('adding whom I block to a group', 'not-friends user_id', 'group_add', $ida, $ida_group, $jan);
is_deeply [told($pg->call('block_add', $jan, $ida), \&block_of)], ["$jan block $ida 1"], 'the other may block too, and tells nobody';
refused('asking then, by the other', 'blocked username', 'friend_request_ask', $jan, 'ida', '', undef);
is_deeply [told($pg->call('block_remove', $jan, $ida), \&block_of)], ["$jan block $ida 0"], 'taking it back tells oneself alone';
refused('the block of the first', 'not-found username', 'friend_request_ask', $jan, 'ida', '', undef);
refused('taking back none', 'not-found -', 'block_remove', $jan, $ida);
refused('taking back of nobody', 'not-found -', 'block_remove', $jan, 999);
$pg->call('block_remove', $ida, $jan);
is_deeply [map { $pg->call('friend_ids', $_) } $ida, $jan], [], 'taking it back brings no friendship';
is ask($jan, 'ida')->{accepted}, 0, 'but one may ask again';

my ($from_jan) = $pg->call('friend_requests', $ida);
is_deeply [told($pg->call('block_add', $ida, $jan), \&block_of)],
    [sort "$ida block $jan 1", map { "$_ friend-request $from_jan->{id} rejected" } $ida, $jan], 'a block rejects what the other asked';
refused('accepting it then', 'not-found -', 'friend_request_answer', $ida, $from_jan->{id}, 1);
my $to_liv = ask($ida, 'liv')->{request_id};
is_deeply [told($pg->call('block_add', $ida, $liv), \&block_of)],
    [sort "$ida block $liv 1", map { "$_ friend-request $to_liv withdrawn" } $ida, $liv], 'and takes back what I have asked';

refused('blocking oneself', 'self user_id', 'block_add', $ida, $ida);
refused('blocking nobody', 'not-found user_id', 'block_add', $ida, 999);
my ($shy, $fan, $peer) = map { $pg->user($_) } qw(shy fan peer);
$pg->psql("update magpie.account set find_me = 'nobody' where id in ($shy, $fan, $peer)");
refused('blocking somebody of whom I know nothing', 'not-found user_id', 'block_add', $ida, $shy);
$pg->call('friend_request_answer', $ida, ask($fan, 'ida')->{request_id}, 0);
is $pg->call('block_add', $ida, $fan)->{problem}, undef, 'but whoever has asked me';
$pg->befriend($peer, $kim);
refused('blocking the friend of a stranger', 'not-found user_id', 'block_add', $ida, $peer);
$pg->group('Met', $kim, $ida, $peer);
is $pg->call('block_add', $ida, $peer)->{problem}, undef, 'or is with me in a group';

my $paged = join ',', map { $_->{username} } map { $pg->call('blocks', $ida, $_, 2) } 0, $liv;
is $paged, 'jan,liv,fan,peer', 'the list comes in pages';

my ($pat, $pia) = map { $pg->user($_) } qw(pat pia);
for my $round (1 .. 6) {
    my $id = ask($pat, 'pia')->{request_id};
    $pg->at_once(['block_add', $round % 2 ? $pat : $pia, $round % 2 ? $pia : $pat], ['friend_request_answer', $pia, $id, 1, '', '', 0]);
    is_deeply [$pg->call('friend_ids', $pat), $pg->call('friend_ids', $pia), $pg->call('friend_requests', $pat)], [],
        "round $round: blocked while it is accepted: no friends, and nothing open";
    $pg->call('block_remove', @$_) for [$pat, $pia], [$pia, $pat];
    $pg->at_once(['block_add', $pat, $pia], ['friend_request_ask', $pia, 'pat', '', undef]);
    is_deeply [$pg->call('friend_requests', $pat)], [], '... and while the other asks: nothing open';
    $pg->call('block_remove', $pat, $pia);
    $pg->at_once(['block_add', $pat, $pia], ['block_add', $pia, $pat]);
    is $pg->value("select count(*) from magpie.block where user_id in ($pat, $pia)"), 2, '... each other at once';
    $pg->call('block_remove', @$_) for [$pat, $pia], [$pia, $pat];
}

# What is sent while the block is made is there before the block is, or not at all.
$pg->befriend($pat, $pia);
my ($writer, $blocker) = ($pg->session(user => 'postgres', options => '-c search_path=magpie'), $pg->session);
$writer->do("begin; select count(*) from send_messages(array[$pia]::int8[], '{single}', array[$pat]::int8[], '{late}', array[gen_random_uuid()])");
$blocker->begin(MagpiePg::Session::call_query('block_add', $pat, $pia));
$pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
is $pg->value("select count(*) from magpie.block where user_id = $pat"), 0, 'a block waits for a message that is being committed';
$writer->do('commit');
is +($blocker->result)[0]{problem}, undef, 'and goes on then';
is $pg->send($pia, 'single', $pat, 'too late')->{problem}, 'not-friends', 'after it there is none';

# --- who finds whom ---

sub settings_of { my ($event) = @_; return @{ $event->{settings} }{qw(find_me ask_me)} }
sub named { my ($user, $name) = @_; return [map { "$_->{username} $_->{name} " . ($_->{remark} // '-') } $pg->call('user_named', $user, $name)] }
sub known { my ($user, $id) = @_; my ($row) = $pg->call('user_known', $user, $id); return $row && "$row->{username} $row->{status}" }
sub like_names {
    my ($user, $key, $after, $limit) = @_;
    return join ',', map { $_->{username} . ($_->{remark} ? " $_->{remark}" : '') } $pg->call('users_like', $user, $key, $after // '', $limit // 50);
}

my ($una, $uri, $ugo, $uwe, $udo) = map { $pg->user($_) } qw(una uri.z ugo uwe udo_1);
is_deeply $pg->call('settings', $una), { find_me => 'everybody', ask_me => 'everybody' }, 'everybody may, at first';
is_deeply named($uri, 'una'), ['una Una -'], 'and finds one by the name';
is_deeply named($uri, $_), [], "'$_' is nobody" for qw(un unab uri.z nobody.here);
my $changed = $pg->call('settings_change', $una, 'nobody', undef);
is_deeply [@$changed{qw(find_me ask_me)}], ['nobody', 'everybody'], 'what holds then';
is_deeply [told($changed, \&settings_of)], ["$una settings nobody everybody"], 'one\'s own tabs are told';
is_deeply $pg->call('settings_change', $una, 'nobody', 'everybody')->{outbox}, [], 'the same again tells nobody';
is_deeply named($uri, 'una'), [], 'then nobody finds one';
refused('asking who is not to be found', 'not-found username', 'friend_request_ask', $uri, 'una', '', undef);
$pg->call('settings_change', $ugo, undef, 'nobody');
is_deeply named($uri, 'ugo'), ['ugo Ugo -'], 'who may not be asked is found';
refused('asking who is not to be asked', 'not-found username', 'friend_request_ask', $uri, 'ugo', '', undef);
is ask($una, 'uri.z')->{accepted}, 0, 'who is not to be found may ask';
is ask($uri, 'una')->{accepted}, 1, 'and be accepted by asking';
is_deeply named($uri, 'una'), ['una Una '], 'a friend is found whatever the setting';
refused('asking a friend who is not to be found', 'already-friends username', 'friend_request_ask', $uri, 'una', '', undef);
$pg->call('block_add', $uwe, $uri);
is_deeply named($uri, 'uwe'), [], 'who has blocked me is not found';
is_deeply named($uwe, 'uri.z'), ['uri.z Uri.z -'], 'though the other finds me';

# Each choice, and each way to somebody: by the whole name, by its beginning, asking, and by the id alone.
my $uta = $pg->user('uta');
for (['everybody', ['uta Uta -'], 'uta', '-', 'uta '], ['exact', ['uta Uta -'], 'uta', '-', undef], ['nobody', [], '', 'not-found', undef]) {
    my ($choice, $named, $whole, $asked, $id) = @$_;
    $pg->call('settings_change', $uta, $choice, undef);
    is $pg->call('own_settings', $uta)->{find_me}, $choice, "$choice may find one";
    is_deeply named($udo, 'uta'), $named, '... by the whole name';
    is like_names($udo, 'ut'), $choice eq 'everybody' ? 'uta' : '', '... by its beginning';
    is like_names($udo, 'uta'), $whole, '... which may be all of it';
    is like_names($udo, 'uta', 'uta'), '', '... and is on one page alone';
    my $request = ask($udo, 'uta');
    is $request->{problem} // '-', $asked, '... asking';
    $pg->call('friend_request_withdraw', $udo, $request->{request_id}) if $request->{request_id};
    $pg->psql("delete from magpie.friend_request where from_id = $udo and to_id = $uta");
    is known($udo, $uta), $id, '... by the id';
    refused('... blocking', 'not-found user_id', 'block_add', $udo, $uta) if !defined $id;
}
$pg->call('settings_change', $uta, 'exact', undef);

# By the id one sees whom one has met; of what they say of themselves no more than by their name.
$pg->call('profile_change', $uta, undef, 'Out');
my $company = $pg->group('Company', $kim, $udo, $uta);
is known($udo, $uta), 'uta Out', 'who is with me in a group is known by the id';
$pg->call('settings_change', $uta, 'nobody', undef);
is known($udo, $uta), 'uta ', '... without the status of who is not to be found';
is known($kim, $uta), 'uta Out', '... but for friends';
$pg->call('settings_change', $uta, 'everybody', undef);
$pg->call('block_add', $uta, $udo);
is known($udo, $uta), 'uta ', '... and of who has blocked me';
is known($uta, $udo), 'udo_1 ', 'whom I have blocked is known';
$pg->call('block_remove', $uta, $udo);
is_deeply [map { known($udo, $_) } $udo, 999_999, $una], [undef, undef, undef], 'but neither oneself, nor nobody, nor a stranger who is not to be found';

# The rules are the table's.
is_deeply [like_names($udo, 'uta'), named($udo, 'uta')], ['uta', ['uta Uta -']], 'a stranger may find';
$pg->psql(q{delete from magpie.permission where action in ('find', 'ask') and standing = 'stranger'});
is_deeply [like_names($udo, 'uta'), named($udo, 'uta')], ['', []], '... as long as the table says so';
refused('... and ask', 'not-found username', 'friend_request_ask', $udo, 'uta', '', undef);
$pg->psql('set search_path = magpie; select permissions_load()');
is ask($udo, 'uta')->{problem}, undef, '... which it does';
$pg->call('settings_change', $uta, 'nobody', undef);

is like_names($uri, 'u'), 'udo_1,ugo,una', 'by the beginning: as by the whole name, in order';
is like_names($uri, 'ud'), 'udo_1', 'more of it finds fewer';
is like_names($udo, 'ur'), 'uri.z', 'a name with a point';
$pg->user('yzz');
is like_names($udo, 'yz'), 'yzz', 'a name at the end of the alphabet';
is like_names($uri, $_->[0]), '', "$_->[1] begins none" for ['%', 'a percent sign'], ['_d', 'an underscore'], ["u\\", 'a backslash'], ['~', 'a tilde'],
    ["\x{5F20}", 'a Han character'], ['udo_10', 'more than a name'];
is like_names($uri, 'u', 'udo_1', 1), 'ugo', 'a page of it';
is like_names($uri, 'u', 'ugo', 2), 'una', 'the last';
$pg->call('friend_change', $uri, $una, "Max' sister", "max' sister", undef);
is like_names($uri, 'max'), "max,una Max' sister", 'a friend is found by the remark, too';
is like_names($uri, 'una'), "una Max' sister", 'and once';
is like_names($una, 'max'), 'max', 'nobody else finds one so';

# Whom one may not find takes the same look-ups as nobody: no time tells the one from the other.
sub looked_up {
    my ($function, @args) = @_;
    my $session = $pg->session(user => 'postgres', options => '-c search_path=magpie');
    $session->do('begin');
    my $row = $session->call($function, @args);
    return join ' ', defined $row ? $row->{problem} // 'none' : 'no row', map { "$_->{relname}:$_->{n}" } $session->rows(
        "select relname, seq_scan + coalesce(idx_scan, 0) as n from pg_stat_xact_user_tables where seq_scan + coalesce(idx_scan, 0) > 0 order by 1");
}
my ($ufo, $umi) = map { $pg->user($_) } qw(ufo umi);
$pg->call('settings_change', $ufo, 'nobody', undef);
$pg->call('block_add', $umi, $uri);
$pg->group('Not for you', $ufo, $udo, $umi);
for (['user_named'], ['friend_request_ask', '', 50]) {
    my ($function, @more) = @$_;
    is looked_up($function, $uri, $_, @more), looked_up($function, $uri, 'nobody.here', @more), "$function: $_ costs what nobody costs"
        for qw(ufo umi), $function eq 'friend_request_ask' ? 'ugo' : ();
}
for my $function ('block_add', 'user_known') {
    is looked_up($function, $uri, $_), looked_up($function, $uri, 999_999), "$function: $_ costs what nobody costs" for $ufo, $umi;
}

# --- what others see of me ---

sub seen { my ($event) = @_; my $who = $event->{me} // $event->{friend}; return join ' ', map { $_ // '-' } @$who{qw(id name status remark)} }

my ($val, $vic, $vox) = map { $pg->user($_) } qw(val vic vox);
$pg->befriend($val, $_) for $vic, $vox;
$pg->call('friend_change', $vic, $val, 'V', 'v', undef);
my $renamed = $pg->call('profile_change', $val, 'Valerie', 'Out');
is_deeply [@$renamed{qw(id username name status)}], [$val, 'val', 'Valerie', 'Out'], 'what holds then';
is_deeply [told($renamed, \&seen)], [sort "$val me $val Valerie Out -", "$vic friend $val Valerie Out V", "$vox friend $val Valerie Out "],
    'oneself and each friend are told, each with the own remark';
is_deeply $pg->call('profile', $val), { id => $val, username => 'val', name => 'Valerie', status => 'Out', avatar => undef }, 'it is so';
is_deeply [map { $pg->call('profile_change', $val, @$_)->{outbox} } ['Valerie', 'Out'], [undef, undef], [undef, 'Out']], [[], [], []], 'the same again tells nobody';
is_deeply [@{ $pg->call('profile_change', $val, undef, '') }{qw(name status)}], ['Valerie', ''], 'one of the two alone';
is scalar(() = $pg->call('profile_change', 999, 'x', 'x')), 0, 'nobody has none';
is $pg->call('friend_page', $vic, 0, 10)->{name}, 'Valerie', 'friends see it in their lists';
for my $round (1 .. 4) {
    my @all = ($val, $vic, $vox);
    my @done = map { $_->[0] } $pg->at_once(map { ['profile_change', $_, undef, "round $round"] } @all, @all);
    is_deeply [grep { defined $_->{problem} } @done], [], "round $round: all friends change at once";
}
# Somebody who becomes a friend meanwhile is told, or it is tried again.
my $newer = $pg->user('newer');
my $wish = ask($newer, 'val')->{request_id};
my $slow = $pg->session(user => 'postgres', options => '-c search_path=magpie');
$slow->do("begin; select count(*) from friend_request_answer($val, $wish, true)");
my $change = $pg->session;
$change->begin(MagpiePg::Session::call_query('profile_change', $val, 'Vally', undef));
$pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
$slow->do('commit');
my ($made_so) = $change->result;
is_deeply [grep { /^$newer / } told($made_so, \&seen)], ["$newer friend $val Vally round 4 "], 'a friend who came in between is told as well';
my $latest = $pg->user('latest');
my ($holder, $maker) = map { $pg->session(user => 'postgres', options => '-c search_path=magpie') } 1 .. 2;
$holder->do("begin; select from account where id = $latest for no key update");
$maker->do("begin; select from account where id = $val for no key update; insert into friendship (user_id, friend_id, conversation_id)
    select u, f, min(conversation_id) from friendship, (values ($val, $latest), ($latest, $val)) as x (u, f) group by u, f");
$change->begin(MagpiePg::Session::call_query('profile_change', $val, 'Val', 'In'));
$pg->wait_until("select exists (select from pg_locks where not granted and locktype = 'transactionid')");
$maker->do('commit');
is_deeply [map { @$_{qw(problem outbox)} } $change->result], ['busy', undef], 'one whose account somebody else has is not waited for';
is $pg->call('profile', $val)->{name}, 'Vally', 'and nothing is changed then';
$holder->do('commit');
is $pg->call('profile_change', $val, 'Val', 'In')->{problem}, undef, 'the next try does it';

# --- the end of an account ---

my ($end, $eli) = map { $pg->user($_) } qw(end eli);
$pg->befriend($end, $eli);
$pg->call('profile_change', $end, undef, 'Here');
$pg->call('friend_change', $end, $eli, '', '', $pg->call('friend_list_create', $end, 'All', 'all')->{list_id});
$pg->call('block_add', $end, $kim);
$pg->call('block_add', $max, $end);
my ($stale, $open_one) = map { ask($_, 'end')->{request_id} } $leo, $mia;
age($stale, '31 days');
my $deleted = $pg->call('account_delete', $end, 'hash', 1);
is $deleted->{problem}, undef, 'an account is deleted';
is_deeply [grep { /friend-request/ } told($deleted, \&request_state)], [sort map { "$_ friend-request $open_one rejected" } $end, $mia],
    'which ends the requests that are open, and of one that is too old nobody hears';
is $pg->value("select state from friend_request where id = $stale"), 'expired', '... but its row';
is $pg->value("select (select count(*) from magpie.friend_list where user_id = $end) + (select count(*) from magpie.block where $end in (user_id, blocked_id))"), 0,
    'its lists go, and blocks of both sides';
is $pg->value("select status from magpie.account where id = $end"), '', 'and what it said of itself';
is_deeply [map { scalar(() = $pg->call(@$_)) } ['profile', $end], ['settings', $end], ['profile_change', $end, 'x', 'x'], ['settings_change', $end, 'nobody', 'nobody'],
    ['user_named', $eli, 'end']], [(0) x 5], 'there is nothing of it left to see or change';
refused('a list of it', 'not-found -', 'friend_list_create', $end, 'New', 'new');
refused('blocking it', 'not-found user_id', 'block_add', $eli, $end);
refused('asking by it', 'not-found username', 'friend_request_ask', $end, 'eli', '', undef);
for my $round (1 .. 6) {
    my ($goes, $stays) = map { $pg->user("$_$round") } qw(goes stays);
    $pg->befriend($goes, $stays);
    $pg->send($goes, 'single', $stays, 'hello');
    my ($deleted) = map { $_->[0] } $pg->at_once(['account_delete', $goes, 'hash', 0], ['block_add', $stays, $goes], ['friend_remove', $stays, $goes],
        ['profile_change', $stays, undef, 'x'], ['block_add', $goes, $stays]);
    is $deleted->{problem}, undef, "round $round: deleted while it is blocked: no deadlock";
    is_deeply [$pg->call('friend_ids', $stays), $pg->call('blocks', $stays, 0, 10)], [], '... and nothing stays';
}

my $event_gaps = $pg->value("select count(*) from (
    select (event->>'me_rev')::int8 - lag((event->>'me_rev')::int8, 1, 0) over (
        partition by user_id order by (event->>'me_rev')::int8) as step
      from magpie.outbox where event is not null) x where step <> 1");
is $event_gaps, 0, 'no me_rev was left out or given twice';

$pg->log_ok;
done_testing;
