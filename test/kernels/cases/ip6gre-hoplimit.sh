# A GRE tunnel over IPv6 sends with a hop limit of one, and a router is between its ends.
# nodes: a r b
# fault: dropped ttl-exceeded
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  plain6 a e0 fd00:46:1::1/64
  plain6 r e0 fd00:46:1::254/64
  plain6 r e1 fd00:46:2::254/64
  plain6 b e0 fd00:46:2::1/64
  in_ r sysctl -qw net.ipv6.conf.all.forwarding=1
  ip_ a route add default via fd00:46:1::254
  ip_ b route add default via fd00:46:2::254
  ip_ a link add g6 type ip6gre local fd00:46:1::1 remote fd00:46:2::1 hoplimit 64
  ip_ b link add g6 type ip6gre local fd00:46:2::1 remote fd00:46:1::1 hoplimit 64
  joined_by g6 10.246.1
}
plain6() {
  in_ "$1" sysctl -qw net.ipv6.conf.$2.disable_ipv6=0 net.ipv6.conf.$2.accept_dad=0 net.ipv6.conf.$2.router_solicitations=0
  ip_ "$1" addr add "$3" dev "$2" nodad
}
fault() { ip_ a link set g6 type ip6gre local fd00:46:1::1 remote fd00:46:2::1 hoplimit 1; }
traffic() { ping_ a 10.246.1.2; }
