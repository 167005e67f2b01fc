# xdp.pl ANSWER PATH: loads an XDP program that answers so to all, 0 to 3 (abort, drop, pass,
# send back), or with 4 sends all to a device that is not there, and pins it. With 5 it drops ICMP over
# IPv4 alone, with 6 it sends that to a device that is not there; the rest passes.
use strict;
my ($answer, $path) = @ARGV;
my ($SYS_BPF, $PROG_LOAD, $OBJ_PIN, $TYPE_XDP) = (321, 5, 6, 6);

sub bpf {
  my ($command, $attributes) = @_;
  my $fd = syscall($SYS_BPF, $command, $attributes, length $attributes);
  die "Cannot call bpf: $!\n" if $fd < 0;
  return $fd;
}

sub instruction { return pack("CCsl", @_) }
my @code = (instruction(0xb7, 0, 0, $answer));
# r1 = 9999 (a device's number); r2 = 0; call bpf_redirect
@code = (instruction(0xb7, 1, 0, 9999), instruction(0xb7, 2, 0, 0), instruction(0x85, 0, 0, 23)) if $answer == 4;
if ($answer >= 5) {
  # r2 = start, r3 = end of the frame; what has no 34 bytes, or another protocol, goes on at the end.
  my @what = $answer == 5 ? (instruction(0xb7, 0, 0, 1))
    : (instruction(0xb7, 1, 0, 9999), instruction(0xb7, 2, 0, 0), instruction(0x85, 0, 0, 23));
  @code = (
    instruction(0x61, 0x12, 0, 0), instruction(0x61, 0x13, 4, 0),
    instruction(0xbf, 0x24, 0, 0), instruction(0x07, 4, 0, 34),
    instruction(0x2d, 0x34, 5 + @what, 0),
    instruction(0x69, 0x25, 12, 0), instruction(0x55, 5, 3 + @what, 8),
    instruction(0x71, 0x25, 23, 0), instruction(0x55, 5, 1 + @what, 1),
    @what, instruction(0x95, 0, 0, 0), instruction(0xb7, 0, 0, 2),
  );
}
push @code, instruction(0x95, 0, 0, 0);
my $code = join "", @code;
my $name = ("fail_all", "take_all", "pass_all", "back_all", "away_all", "no_icmp", "away_icmp")[$answer];
my $program = bpf($PROG_LOAD, pack("LLPPLLQLLa16", $TYPE_XDP, scalar @code, $code, "GPL", 0, 0, 0, 0, 0, $name));
my $where = "$path\0";
bpf($OBJ_PIN, pack("PLL", $where, $program, 0));
