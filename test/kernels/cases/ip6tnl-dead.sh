# The other end of a tunnel of IPv4 in IPv6 is an address on the link that nobody has.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0
    ip_ $node addr add "fd00:141::$number/64" dev e0 nodad
  done
  ip_ a link add t0 type ip6tnl mode ipip6 local fd00:141::1 remote fd00:141::2 encaplimit none
  ip_ b link add t0 type ip6tnl mode ipip6 local fd00:141::2 remote fd00:141::1 encaplimit none
  joined_by t0 10.140.21
}
fault() { ip_ a link set t0 type ip6tnl mode ipip6 local fd00:141::1 remote fd00:141::99; }
traffic() { ping_ a -W 5 10.140.21.2; }
