package MagpieBrowser;

# People with real browsers: MagpieBrowser::run(FILES...) runs specs of t/browser/ against a server of their own, or those named on
# the command line. One file runs after the other: some of them restart parts of the server. MAGPIE_SHOTS names a folder
# for pictures of what they saw.

use v5.30;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use Magpie;
use MagpieNode;

sub run {
    my @specs = @ARGV ? @ARGV : @_;

    # A site of its own, where a test can install another version.
    my $site = tempdir('magpie-site-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    system(Magpie->root . '/www/join', Magpie->root . '/www', $site) == 0 or die 'www/join';
    my $magpie = Magpie->start(workers => 2, env => { MAGPIE_WWW => $site });
    local $ENV{MAGPIE_SITE}             = $site;
    local $ENV{MAGPIE_URL}              = $magpie->url;
    local $ENV{MAGPIE_DIR}              = $magpie->dir;
    local $ENV{MAGPIE_NODE_MODULES_DIR} = MagpieNode::modules();
    MagpieNode::run_tests(@specs);
    done_testing;
    return;
}

1;
