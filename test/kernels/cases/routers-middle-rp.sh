# Three routers in a row; the middle one asks for the strict way back (rp_filter 1), and has it by another device.
# nodes: a r1 r2 r3 b
# fault: dropped reverse-path-filter
build() {
  ns a r1 r2 r3 b
  veth a e0 r1 e0
  veth r1 e1 r2 e0
  veth r2 e1 r3 e0
  veth r3 e1 b e0
  veth r2 e2 r1 e2
  address a e0 10.111.1.2/24
  address r1 e0 10.111.1.1/24
  address r1 e1 10.111.2.1/24
  address r2 e0 10.111.2.2/24
  address r2 e1 10.111.3.1/24
  address r3 e0 10.111.3.2/24
  address r3 e1 10.111.4.1/24
  address b e0 10.111.4.2/24
  address r1 e2 10.111.5.1/24
  address r2 e2 10.111.5.2/24
  local r
  for r in r1 r2 r3; do forwards $r; done
  ip_ a route add default via 10.111.1.1
  ip_ b route add default via 10.111.4.1
  ip_ r1 route add 10.111.4.0/24 via 10.111.2.2
  ip_ r2 route add 10.111.4.0/24 via 10.111.3.2
  ip_ r2 route add 10.111.1.0/24 via 10.111.5.1
  ip_ r3 route add 10.111.1.0/24 via 10.111.3.1
}
fault() { in_ r2 sysctl -qw net.ipv4.conf.e0.rp_filter=1; }
traffic() { ping_ a 10.111.4.2; }
