# The two ends of a gretap tunnel over IPv6 have different keys, so the receiver has no device for the frame.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0
    ip_ $node addr add "fd00:142::$number/64" dev e0 nodad
  done
  ip_ a link add g1 type ip6gretap local fd00:142::1 remote fd00:142::2 key 5
  ip_ b link add g1 type ip6gretap local fd00:142::2 remote fd00:142::1 key 5
  joined_by g1 10.140.23
  ip_ a neigh add 10.140.23.2 lladdr "$(mac b g1)" dev g1
  ip_ b neigh add 10.140.23.1 lladdr "$(mac a g1)" dev g1
}
fault() { ip_ b link set g1 type ip6gretap key 6; }
traffic() { ping_ a 10.140.23.2; }
