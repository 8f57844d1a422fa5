package OpenApi;

# Reads docs/openapi.yaml, and says where a value differs from one of its schemas.
#
#   my $api = OpenApi->read("$root/docs/openapi.yaml");
#   $api->at('paths', '/api/me', 'get');                 # $ref is followed on the way
#   is_deeply [$api->differences($schema, $value)], [];  # each as "at.which[3].member: how"
#
# Of YAML it knows what that file needs: blocks of two spaces, collections on one line, quoted and
# plain words, `>-`, comments that have a line of their own. All else is an error.

use v5.30;
use warnings;
use utf8;
use JSON::PP ();
use List::Util qw(any);

sub read {
    my ($class, $path) = @_;
    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
    my @lines;
    while (my $line = <$in>) {
        chomp $line;
        next if $line =~ /^\s*(?:#|$)/;
        my ($space, $rest) = $line =~ /^( *)(.*?)\s*$/;
        die "$path:$.: a tab\n" if $line =~ /\t/;
        push @lines, { number => $., indent => length $space, text => $rest };
    }
    my $self = bless { path => $path, lines => \@lines }, $class;
    $self->{root} = $self->_block(0);
    $self->_fail('out of its block') if @lines;
    return $self;
}

sub root { $_[0]{root} }

sub _fail {
    my ($self, $what) = @_;
    my $line = $self->{lines}[0];
    die "$self->{path}:", ($line ? $line->{number} : 'end'), ": $what\n";
}

# A mapping or a sequence whose lines begin at this indent.
sub _block {
    my ($self, $indent) = @_;
    my $lines = $self->{lines};
    return $self->_sequence($indent) if $lines->[0]{text} =~ /^- /;
    my %map;
    while (@$lines && $lines->[0]{indent} == $indent) {
        my ($key, $rest) = $lines->[0]{text} =~ /^("[^"]*"|[^\s"'\[{&*!|>%@`-][^"]*?):(?: +(.*))?$/
            or $self->_fail('neither a member nor an element');
        $key =~ s/^"(.*)"$/$1/;
        $self->_fail("\"$key\" is there twice") if exists $map{$key};
        $map{$key} = $self->_value($rest // '', $indent);
    }
    return \%map;
}

sub _sequence {
    my ($self, $indent) = @_;
    my $lines = $self->{lines};
    my @list;
    while (@$lines && $lines->[0]{indent} == $indent && $lines->[0]{text} =~ /^- +(.*)$/) {
        my $rest = $1;
        if ($rest =~ /^[\w-]+:(?: |$)/) {                 # a mapping that begins on this line
            $lines->[0] = { $lines->[0]->%*, indent => $indent + 2, text => $rest };
            push @list, $self->_block($indent + 2);
        }
        else {
            push @list, $self->_value($rest, $indent);
        }
    }
    return \@list;
}

# What stands behind "key:" or "-", the first line that is left being theirs.
sub _value {
    my ($self, $rest, $indent) = @_;
    my $lines = $self->{lines};
    if ($rest eq '>-') {
        shift @$lines;
        my @words;
        push @words, shift(@$lines)->{text} while @$lines && $lines->[0]{indent} > $indent;
        return join ' ', @words;
    }
    if ($rest ne '') {
        my $value = $self->_flow(\$rest, 0);
        $self->_fail("\"$rest\" is left over") if $rest ne '';
        shift @$lines;
        return $value;
    }
    shift @$lines;
    $self->_fail('nothing is there') if !@$lines || $lines->[0]{indent} <= $indent;
    return $self->_block($lines->[0]{indent});
}

# A value on one line; what is behind it stays in $$text.
sub _flow {
    my ($self, $text, $inside) = @_;
    if ($$text =~ s/^\{\s*//) {
        my %map;
        until ($$text =~ s/^\}\s*//) {
            $$text =~ s/^(?:"([^"]*)"|([\w\$-]+)):\s+// or $self->_fail("no member: $$text");
            my $key = $1 // $2;
            $self->_fail("\"$key\" is there twice") if exists $map{$key};
            $map{$key} = $self->_flow($text, 1);
            $$text =~ s/^,\s*// or $$text =~ /^\}/ or $self->_fail("neither , nor }: $$text");
        }
        return \%map;
    }
    if ($$text =~ s/^\[\s*//) {
        my @list;
        until ($$text =~ s/^\]\s*//) {
            push @list, $self->_flow($text, 1);
            $$text =~ s/^,\s*// or $$text =~ /^\]/ or $self->_fail("neither , nor ]: $$text");
        }
        return \@list;
    }
    return JSON::PP->new->allow_nonref->decode($1) if $$text =~ s/^("(?:[^"\\]|\\.)*")\s*//;
    my $plain = $inside ? qr/^([^\s,\[\]{}"'&*!|>%@`#][^,\[\]{}]*?)\s*(?=[,\]}])/ : qr/^([^\s\[\]{}"'&*!|>%@`#].*)$/;
    $$text =~ s/$plain// or $self->_fail("no value: $$text");
    my $word = $1;
    $self->_fail("needs quotes: $word") if $word =~ /: | #|:$/;
    return 0 + $word if $word =~ /^-?(?:0|[1-9]\d*)$/;
    return $word eq 'true' ? JSON::PP::true : JSON::PP::false if $word =~ /^(?:true|false)$/;
    return undef if $word eq 'null';                      ## no critic: null is a value here
    return $word;
}

# The node that $ref leads to; other members beside $ref are for readers.
sub resolve {
    my ($self, $node) = @_;
    while (ref $node eq 'HASH' && exists $node->{'$ref'}) {
        my ($path) = $node->{'$ref'} =~ m{^#/(.+)$} or die "a \$ref that leads elsewhere: $node->{'$ref'}\n";
        my $at = $self->{root};
        for my $name (split m{/}, $path) {
            $at = ref $at eq 'HASH' ? $at->{$name} : undef;
        }
        die "a \$ref that leads nowhere: $node->{'$ref'}\n" unless defined $at;
        $node = $at;
    }
    return $node;
}

sub at {
    my ($self, @names) = @_;
    my $at = $self->{root};
    for my $name (@names) {
        $at = $self->resolve($at);
        return unless ref $at eq 'HASH' && exists $at->{$name};
        $at = $at->{$name};
    }
    return $self->resolve($at);
}

# Each operation as [path, method, its node], by path and method.
sub operations {
    my ($self) = @_;
    my $paths = $self->{root}{paths};
    return map {
        my $path = $_;
        map { [ $path, $_, $paths->{$path}{$_} ] } grep { /^(?:get|post|put|patch|delete)$/ } sort keys $paths->{$path}->%*
    } sort keys %$paths;
}

# ---- values --------------------------------------------------------------------------------------

my $coder = JSON::PP->new->canonical->allow_nonref;

# JSON's type of a value that JSON::PP has decoded.
sub type_of {
    my ($value) = @_;
    return 'null'    if !defined $value;
    return 'boolean' if JSON::PP::is_bool($value);
    return 'object'  if ref $value eq 'HASH';
    return 'array'   if ref $value eq 'ARRAY';
    my $text = $coder->encode($value);
    return 'string' if $text =~ /^"/;
    return $text =~ /^-?\d+$/ ? 'integer' : 'number';
}

# How the value differs from the schema. A member that no schema names is a difference too: what is
# answered must be described.
sub differences {
    my ($self, $schema, $value, $at) = @_;
    $at //= '';
    $schema = $self->resolve($schema);
    my $type = type_of($value);
    return "$at: is a $type, not a $schema->{type}"
        if $schema->{type} && $schema->{type} ne $type && !($schema->{type} eq 'number' && $type eq 'integer');
    return $self->_one_of($schema, $value, $at) if $schema->{oneOf};
    my $text = $coder->encode($value);
    return "$at: isn't " . $coder->encode($schema->{const})
        if exists $schema->{const} && $coder->encode($schema->{const}) ne $text;
    return "$at: $text isn't one of the values" if $schema->{enum} && !any { $coder->encode($_) eq $text } $schema->{enum}->@*;
    return $self->_object($schema, $value, $at) if $type eq 'object';
    return $self->_array($schema, $value, $at)  if $type eq 'array';
    my $size = $type eq 'string' ? length $value : $type eq 'integer' ? $value : return;
    my ($least, $most) = $type eq 'string' ? qw(minLength maxLength) : qw(minimum maximum);
    return "$at: below $least" if defined $schema->{$least} && $size < $schema->{$least};
    return "$at: above $most"  if defined $schema->{$most}  && $size > $schema->{$most};
    return "$at: doesn't fit the pattern" if $schema->{pattern} && $value !~ /$schema->{pattern}/;
    return;
}

sub _one_of {
    my ($self, $schema, $value, $at) = @_;
    my $discriminator = $schema->{discriminator};
    if ($discriminator) {
        my $which = ref $value eq 'HASH' ? $value->{ $discriminator->{propertyName} } // '' : '';
        my $ref   = $discriminator->{mapping}{$which} or return "$at: \"$which\" is no known kind";
        return $self->differences({ '$ref' => $ref }, $value, $at);
    }
    my @differences;
    for my $choice ($schema->{oneOf}->@*) {
        my @found = $self->differences($choice, $value, $at) or return;
        push @differences, @found;
    }
    return @differences;
}

sub _object {
    my ($self, $schema, $value, $at) = @_;
    my @differences = map { "$at.$_: is missing" } grep { !exists $value->{$_} } ($schema->{required} // [])->@*;
    for my $name (sort keys %$value) {
        my $member = $schema->{properties}{$name};
        push @differences,
            $member ? $self->differences($member, $value->{$name}, "$at.$name") : "$at.$name: is not described";
    }
    return @differences;
}

sub _array {
    my ($self, $schema, $value, $at) = @_;
    return "$at: has too many elements" if defined $schema->{maxItems} && @$value > $schema->{maxItems};
    return map { $self->differences($schema->{items}, $value->[$_], "$at\[$_]") } 0 .. $#$value;
}

1;
