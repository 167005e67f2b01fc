# The receiver of a tunnel of IPv4 in IPv6 expects another sender.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0
    ip_ $node addr add "fd00:24::$number/64" dev e0 nodad
  done
  tunnel a 1 2
  tunnel b 2 1
  joined_by t0 10.250.24
}
tunnel() { ip_ "$1" link add t0 type ip6tnl mode ipip6 local "fd00:24::$2" remote "fd00:24::$3" encaplimit none; }
fault() {
  ip_ b link del t0
  tunnel b 2 9
  ip_ b link set t0 up
  address b t0 10.250.24.2/24
}
traffic() { ping_ a 10.250.24.2; }
