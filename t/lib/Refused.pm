package Refused;

# One assertion that many tests make: an answer is this problem, in the form that all problems have.
#
#   refused $alex->post('/api/groups', {}), 400, 'malformed', 'name', 'a group without a name';
#   refused $reply, 404, 'not-found', undef, 'what';        # blames no member of the body
#   refused $reply, 404, 'not-found', ANY, 'what';          # may blame one

use v5.30;
use warnings;
use Exporter qw(import);
use Test::More ();

our @EXPORT = qw(refused ANY);

use constant ANY => \'any';

sub refused {
    my ($reply, $status, $problem, $field, $what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return Test::More::fail("$what: no answer") if !$reply;
    my $json = ref $reply->json eq 'HASH' ? $reply->json : {};
    my %got  = (
        status  => $reply->status,
        type    => $reply->type,
        problem => $reply->problem,
        says    => $json->{status},
        title   => length($json->{title} // '') > 0,
        field   => $json->{field},
        retry   => defined $reply->header('Retry-After'),
    );
    my %expected = (
        status  => $status,
        type    => 'application/problem+json',
        problem => $problem,
        says    => $status,
        title   => 1,
        field   => ref $field ? $json->{field} : $field,
        retry   => $status == 429 || $status >= 502,
    );
    return Test::More::is_deeply(\%got, \%expected, "$what: $status $problem") || Test::More::diag($reply->body);
}

1;
