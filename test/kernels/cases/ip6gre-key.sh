# The two ends of a GRE tunnel over IPv6 have different keys.
# nodes: a b
# fault: dropped tunnel-id-mismatch
# fault on 6.1: unknown tunnel-id-mismatch
# fault on 6.12: unknown tunnel-id-mismatch
# fault on 7.2: unknown tunnel-id-mismatch
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add "fd00:243::$number/64" dev e0 nodad
  done
  ip_ a link add g6 type ip6gre local fd00:243::1 remote fd00:243::2 key 5
  ip_ b link add g6 type ip6gre local fd00:243::2 remote fd00:243::1 key 5
  for node in a b; do ip_ $node link set g6 up; done
  address a g6 10.243.0.1/24
  address b g6 10.243.0.2/24
}
fault() { ip_ b link set g6 type ip6gre key 6; }
traffic() { ping_ a 10.243.0.2; }
