# Packet sockets of the kernel under test, for kernel.integration.test.ts: run in a network namespace of its own, it makes a
# cable (here -- there), opens sockets as it is told, sends frames into "here" and says which sockets got them.
#
#   fanout COUNT PROGRAM   a group of COUNT sockets on each end of the cable, split by the program    -> ok, or the error
#   filter PROGRAM         a socket with the program as its filter on each end                        -> ok, or the error
#   send FRAME             one frame                       -> numbers of the sockets that got it, in the order opened
#
# Programs (struct sock_filter) and frames are in hexadecimal; a line in, a line out. Perl, because Debian always has it and
# its pack("P") makes the pointer that struct sock_fprog holds.
use strict;
use warnings;

use constant { PF_PACKET => 17, RAW => 3, SOL_SOCKET => 1, ATTACH_FILTER => 26, SOL_PACKET => 263, FANOUT => 18,
  FANOUT_DATA => 22, FANOUT_CBPF => 6, GET_INDEX => 0x8933 };
my $ALL = unpack("S", pack("n", 3));

$| = 1;
# No protocol of the kernel may speak on the cable.
my $quiet = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
if (-e $quiet) {
  open(my $file, ">", $quiet) or die "$quiet: $!\n";
  print $file "1";
}
for my $command ("link add here mtu 9000 type veth peer name there mtu 9000", "link set here up", "link set there up") {
  system("ip $command") == 0 or die "ip $command failed\n";
}

sub packet_socket {
  my ($name) = @_;
  socket(my $socket, PF_PACKET, RAW, $ALL) or die "socket: $!\n";
  my $request = pack("a16 x24", $name);
  ioctl($socket, GET_INDEX, $request) or die "index of $name: $!\n";
  bind($socket, pack("S S i S C C a8", PF_PACKET, $ALL, unpack("x16 i", $request), 0, 0, 0, "")) or die "bind: $!\n";
  return $socket;
}

sub program_of {
  my ($bytes) = @_;
  return pack("S x![P] P", length($_[0]) / 8, $_[0]);
}

# The socket opened first is served last: when it has a frame, all the others have it.
my $last = packet_socket("there");
my @sockets;
my $groups = 0;

sub open_group {
  my ($count, $program) = @_;
  for my $name ("here", "there") {
    my @group = map { packet_socket($name) } 1 .. $count;
    $groups++;
    for my $socket (@group) {
      setsockopt($socket, SOL_PACKET, FANOUT, pack("I", $groups | FANOUT_CBPF << 16)) or return "group: $!";
    }
    setsockopt($group[0], SOL_PACKET, FANOUT_DATA, program_of($program)) or return "program: $!";
    push @sockets, @group;
  }
  return "ok";
}

sub open_filter {
  my ($program) = @_;
  for my $name ("here", "there") {
    my $socket = packet_socket($name);
    setsockopt($socket, SOL_SOCKET, ATTACH_FILTER, program_of($program)) or return "filter: $!";
    push @sockets, $socket;
  }
  return "ok";
}

sub receive {
  my ($socket, $timeout) = @_;
  my $set = "";
  vec($set, fileno($socket), 1) = 1;
  return 0 unless select($set, undef, undef, $timeout);
  defined(recv($socket, my $frame, 65536, 0)) or die "recv: $!\n";
  return 1;
}

sub send_frame {
  my ($frame) = @_;
  our $sender //= packet_socket("here");
  while (receive($sender, 0)) { }
  defined(syswrite($sender, $frame)) or die "send: $!\n";
  receive($last, 5) or die "a frame did not arrive\n";
  my @got = grep { receive($sockets[$_], 0) } 0 .. $#sockets;
  return "@got";
}

while (my $line = <STDIN>) {
  my ($command, @words) = split(" ", $line);
  my $bytes = pack("H*", $words[-1] // "");
  print $command eq "fanout" ? open_group($words[0], $bytes)
    : $command eq "filter" ? open_filter($bytes)
    : send_frame($bytes), "\n";
}
