# Of IPv6: a filter of tc drops echo answers as they leave the host that was asked.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  ns a b
  veth a e0 b e0
  local node own=1
  for node in a b; do
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:123::$own/64 dev e0 nodad
    own=2
  done
  tc_ b qdisc add dev e0 clsact
}
fault() { tc_ b filter add dev e0 egress protocol ipv6 flower ip_proto icmpv6 type 129 action drop; }
traffic() { ping_ a fd00:123::2; }
