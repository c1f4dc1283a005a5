# A gateway of a served market in Perl: sends orders of several members at once, as columns of bytes (docs/service.md).
# perl examples/columns.pl http://127.0.0.1:8320/ gateway.key orders.txt     (signs with the command `openssl`, 3.0 or later)
# A line of orders.txt: member, carrier, offer or bid, quantity and price in ticks, with blanks between.
use strict;
use warnings;
use Digest::SHA qw(sha256);
use File::Temp qw(tempfile);
use HTTP::Tiny;
use JSON::PP qw(decode_json);

my ($url, $key_file, $file) = @ARGV;
my %carrier = (electricity => 0, heat => 1, cold => 2, gas => 3);

sub content { my ($path) = @_; local $/; open(my $in, '<:raw', $path) or die "$path: $!"; return <$in>; }
sub put { my ($bytes) = @_; my ($out, $path) = tempfile(UNLINK => 1); binmode $out; print $out $bytes; close $out; return $path; }
sub get { my ($path) = @_; my $answer = HTTP::Tiny->new->get($url . $path); die $answer->{content} unless $answer->{success}; return decode_json($answer->{content}); }

# The seed as OpenSSL takes a private key: PKCS #8 of RFC 8410.
my $seed = pack 'H*', decode_json(content($key_file))->{seed};
my $key = put(pack('H*', '302e020100300506032b657004220420') . $seed);
my $public = substr(`openssl pkey -inform DER -in $key -pubout -outform DER`, -32);

# RFC 6962, 2.1.
sub root {
    my @leaves = @_;
    return sha256("\0" . $leaves[0]) if @leaves == 1;
    my $half = 1;
    $half *= 2 while 2 * $half < @leaves;
    return sha256("\1" . root(@leaves[0 .. $half - 1]) . root(@leaves[$half .. $#leaves]));
}

# Sends the same bytes again where no answer comes (599) or there is no room: they count once, with the same receipts.
sub post {
    my ($bytes) = @_;
    for my $tries (1 .. 6) {
        my $answer = HTTP::Tiny->new(timeout => 10)->post($url . 'v1/orders/columns', { content => $bytes, headers => { 'content-type' => 'application/octet-stream' } });
        return $answer if $tries == 6 || !grep { $answer->{status} == $_ } 429, 502, 503, 599;
        my ($seconds, $least) = ($answer->{headers}{'retry-after'} || 0, 0.1 * 2 ** $tries);
        select undef, undef, undef, $seconds > 60 ? 60 : $seconds > $least ? $seconds : $least;
    }
}

# Signs all orders for the period that is open, and sends them.
sub send_orders {
    my $market = get('v1/market');
    my @orders;
    for my $line (split /\n/, content($file)) {
        my ($member, $carrier, $side, $quantity, $price) = split / /, $line;
        (my $quoted = $member) =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
        my $found = get("v1/members/$quoted");
        push @orders, [$found->{number}, $quantity, $price, $found->{revisions}{$carrier}, $carrier{$carrier}, $side eq 'bid' ? 1 : 0];
    }

    # What is signed: the root over the records of all orders, sixteen to a leaf.
    my $records = join '', map { pack 'L<CCS<L<l<', @$_[0, 4, 5, 3, 1, 2] } @orders;
    my $body = pack('H*', $market->{id}) . pack('Q<L<', $market->{period}, scalar @orders) . root(unpack '(a256)*', $records);
    my $statement = put("gridclear batch v2\0" . pack('L<', length $body) . $body);
    my $signature = `openssl pkeyutl -sign -rawin -keyform DER -inkey $key -in $statement`;

    my $bytes = "gridclear orders v1\0" . pack('L<Q<', scalar @orders, $market->{period}) . $public . $signature;
    my @forms = ('L<', 'L<', 'l<', 'S<', 'C', 'C');
    for my $at (0 .. $#forms) { $bytes .= pack "$forms[$at]*", map { $_->[$at] } @orders }
    return post($bytes);
}

my $answer;
for (1 .. 5) {
    $answer = send_orders();
    # The gate may close between what is asked and what is sent: then the orders are signed for the next period.
    last if $answer->{status} != 409;
}
die $answer->{content} unless $answer->{success};
my ($count, $period, $first) = unpack 'x20L<Q<L<', $answer->{content};
print "$count orders from number $first of period $period\n";
