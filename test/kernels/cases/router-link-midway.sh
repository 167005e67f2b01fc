# Three routers in a row; the middle one's link to the third is taken down while a host pings.
# nodes: a r1 r2 r3 b
# fault: dropped no-route
# fault on 6.1: dropped link-down
build() {
  ns a r1 r2 r3 b
  veth a e0 r1 e0
  veth r1 e1 r2 e0
  veth r2 e1 r3 e0
  veth r3 e1 b e0
  address a e0 10.132.1.2/24
  address r1 e0 10.132.1.1/24
  address r1 e1 10.132.2.1/24
  address r2 e0 10.132.2.2/24
  address r2 e1 10.132.3.1/24
  address r3 e0 10.132.3.2/24
  address r3 e1 10.132.4.1/24
  address b e0 10.132.4.2/24
  local r
  for r in r1 r2 r3; do forwards $r; done
  ip_ a route add default via 10.132.1.1
  ip_ b route add default via 10.132.4.1
  ip_ r1 route add 10.132.4.0/24 via 10.132.2.2
  ip_ r2 route add 10.132.4.0/24 via 10.132.3.2
  ip_ r2 route add 10.132.1.0/24 via 10.132.2.1
  ip_ r3 route add 10.132.1.0/24 via 10.132.3.1
}
fault() { touch "/tmp/$RUN.late"; }
traffic() {
  ping_ a 10.132.4.2
  if [ -e "/tmp/$RUN.late" ]; then ip_ r2 link set e1 down; fi
  ping_ a -c 3 10.132.4.2
}
