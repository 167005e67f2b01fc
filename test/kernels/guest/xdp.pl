# xdp.pl ANSWER PATH: loads an XDP program that answers so to all, 0 to 3 (abort, drop, pass,
# send back), and pins it.
use strict;
my ($answer, $path) = @ARGV;
my ($SYS_BPF, $PROG_LOAD, $OBJ_PIN, $TYPE_XDP) = (321, 5, 6, 6);

sub bpf {
  my ($command, $attributes) = @_;
  my $fd = syscall($SYS_BPF, $command, $attributes, length $attributes);
  die "Cannot call bpf: $!\n" if $fd < 0;
  return $fd;
}

# r0 = answer; exit
my $code = pack("CCsl", 0xb7, 0, 0, $answer) . pack("CCsl", 0x95, 0, 0, 0);
my $name = ("fail_all", "take_all", "pass_all", "back_all")[$answer];
my $program = bpf($PROG_LOAD, pack("LLPPLLQLLa16", $TYPE_XDP, 2, $code, "GPL", 0, 0, 0, 0, 0, $name));
my $where = "$path\0";
bpf($OBJ_PIN, pack("PLL", $where, $program, 0));
