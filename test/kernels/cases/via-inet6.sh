# Routes of IPv4 whose next hops are link-local addresses of IPv6, as BGP unnumbered makes them; the router has another one now.
# nodes: a r b
# fault: dropped neighbour-unresolved
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  local end
  for end in "a e0" "r e0" "r e1" "b e0"; do
    set -- $end
    in_ $1 sysctl -qw net.ipv6.conf.$2.accept_dad=0 net.ipv6.conf.$2.router_solicitations=0 net.ipv6.conf.$2.addr_gen_mode=1 net.ipv6.conf.$2.disable_ipv6=0
  done
  ip_ a addr add fe80::a/64 dev e0 nodad
  ip_ r addr add fe80::1/64 dev e0 nodad
  ip_ r addr add fe80::2/64 dev e1 nodad
  ip_ b addr add fe80::b/64 dev e0 nodad
  address a lo 10.82.0.1/32
  address b lo 10.82.0.2/32
  address r lo 10.82.0.254/32
  forwards r
  ip_ a route add 10.82.0.2 via inet6 fe80::1 dev e0 src 10.82.0.1
  ip_ r route add 10.82.0.1 via inet6 fe80::a dev e0
  ip_ r route add 10.82.0.2 via inet6 fe80::b dev e1
  ip_ b route add 10.82.0.1 via inet6 fe80::2 dev e0 src 10.82.0.2
}
fault() {
  ip_ r addr add fe80::99/64 dev e0 nodad
  ip_ r addr del fe80::1/64 dev e0
}
traffic() { ping_ a 10.82.0.2; }
