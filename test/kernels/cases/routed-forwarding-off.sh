# The router does not forward.
# nodes: a r b
# fault: dropped ip-forwarding-disabled
. /work/routed.sh
build() { routed 10.143; }
fault() { in_ r sysctl -qw net.ipv4.ip_forward=0; }
traffic() { ping_ a 10.143.2.1; }
