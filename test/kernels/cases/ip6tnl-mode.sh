# A tunnel over IPv6 carries both families (mode any); its far end was made for IPv6 inside alone.
# nodes: a b
# fault: dropped tunnel-options-mismatch
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0
    ip_ $node addr add "fd00:35::$number/64" dev e0 nodad
  done
  ip_ a neigh add fd00:35::2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add fd00:35::1 lladdr "$(mac a e0)" dev e0
  tunnel a 1 2 any
  tunnel b 2 1 any
  joined_by t0 10.35.0
}
tunnel() { ip_ "$1" link add t0 type ip6tnl mode "$4" local "fd00:35::$2" remote "fd00:35::$3" encaplimit none; }
fault() {
  ip_ b link del t0
  tunnel b 2 1 ip6ip6
  ip_ b link set t0 up
  address b t0 10.35.0.2/24
}
traffic() { ping_ a 10.35.0.2; }
