# Two routers share what goes to a network by its ports, and one of them does not forward; answers come by the other one.
# nodes: a r1 r2 b
# fault: dropped ip-forwarding-disabled
build() {
  ns a r1 r2 b
  local i
  for i in 1 2; do
    veth a e$i r$i e0
    veth r$i e1 b e$i
    address a e$i 10.211.$i.1/24
    address r$i e0 10.211.$i.254/24
    address r$i e1 10.211.1$i.254/24
    address b e$i 10.211.1$i.1/24
    forwards r$i
  done
  in_ a sysctl -qw net.ipv4.fib_multipath_hash_policy=1
  ip_ a addr add 10.211.0.1/32 dev lo
  ip_ b addr add 10.211.0.2/32 dev lo
  ip_ r1 route add 10.211.0.1 via 10.211.1.1
  ip_ r1 route add 10.211.0.2 via 10.211.11.1
  ip_ r2 route add 10.211.0.2 via 10.211.12.1
  ip_ a route add 10.211.0.2 src 10.211.0.1 nexthop via 10.211.1.254 nexthop via 10.211.2.254
  ip_ b route add 10.211.0.1 via 10.211.11.254 src 10.211.0.2
  listen b tcp 8080
}
fault() { in_ r2 sysctl -qw net.ipv4.ip_forward=0; }
traffic() {
  local i
  for i in 1 2 3 4 5; do ask a tcp 10.211.0.2 8080; done
}
