# The director of IPVS does not forward, so that what the real server answers ends there.
# nodes: client director server
# fault: dropped ip-forwarding-disabled
# besides: unanswered ip-forwarding-disabled
. /work/ipvs.sh
build() { masqueraded 183; listen server tcp 80; }
fault() { in_ director sysctl -qw net.ipv4.ip_forward=0; }
traffic() { ask client tcp 10.183.4.1 80; }
