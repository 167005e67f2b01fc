# A filter lets this host's IPv6 pass before another one that drops all of it; the first one is gone.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.169.0
  local node own
  for node in a b; do
    own=1; [ $node = a ] || own=2
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:69::$own/64 dev e0 nodad
  done
  ip_ a neigh add fd00:69::2 lladdr "$(mac b e0)" dev e0 nud permanent
  ip_ b neigh add fd00:69::1 lladdr "$(mac a e0)" dev e0 nud permanent
  tc_ a qdisc add dev e0 clsact
  tc_ a filter add dev e0 egress protocol ipv6 prio 5 flower dst_ip fd00:69::2 action ok
  tc_ a filter add dev e0 egress protocol ipv6 prio 9 matchall action drop
}
fault() { tc_ a filter del dev e0 egress prio 5; }
traffic() { ping_ a fd00:69::2; }
