# The host behind a router answers to nobody who asks for its link address (arp_ignore 8).
# nodes: a r b
# fault: dropped neighbour-unresolved
. /work/routed.sh
build() { routed 10.66; }
fault() { in_ b sysctl -qw net.ipv4.conf.e0.arp_ignore=8; ip_ r neigh flush dev e1; ip_ b neigh flush dev e0; }
traffic() { ping_ a 10.66.2.1; }
