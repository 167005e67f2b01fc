# A tunnel of IPv6 inside another one may be put into no further one: its limit of encapsulations is zero.
# nodes: a b
# fault: dropped tunnel-options-mismatch
build() {
  ns a b
  veth a e0 b e0
  local node own other
  for node in a b; do
    own=1 other=2
    [ $node = a ] || { own=2 other=1; }
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:32::$own/64 dev e0 nodad
    ip_ $node link add outer type ip6tnl mode ip6ip6 local fd00:32::$own remote fd00:32::$other
    ip_ $node link set outer up
    ip_ $node addr add fd00:32:1::$own/64 dev outer nodad
    ip_ $node link add inner type ip6tnl mode ip6ip6 local fd00:32:1::$own remote fd00:32:1::$other
    ip_ $node link set inner up
    ip_ $node addr add fd00:32:2::$own/64 dev inner nodad
  done
}
fault() { ip_ a link set inner type ip6tnl encaplimit 0; }
traffic() { ping_ a fd00:32:2::2; }
