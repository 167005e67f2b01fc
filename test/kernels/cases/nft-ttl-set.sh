# The first of two routers sets the TTL of what it forwards to one, so that the second one drops it.
# nodes: a r1 r2 b
# fault: dropped ttl-exceeded
build() {
  ns a r1 r2 b
  veth a e0 r1 e0
  veth r1 e1 r2 e0
  veth r2 e1 b e0
  address a e0 10.139.1.2/24
  address r1 e0 10.139.1.1/24
  address r1 e1 10.139.2.1/24
  address r2 e0 10.139.2.2/24
  address r2 e1 10.139.3.1/24
  address b e0 10.139.3.2/24
  forwards r1
  forwards r2
  ip_ a route add default via 10.139.1.1
  ip_ b route add default via 10.139.3.1
  ip_ r1 route add 10.139.3.0/24 via 10.139.2.2
  ip_ r2 route add 10.139.1.0/24 via 10.139.2.1
  in_ r1 nft add table ip m
  in_ r1 nft add chain ip m post '{ type filter hook postrouting priority mangle; }'
  listen b tcp 8080
}
fault() { in_ r1 nft add rule ip m post ip daddr 10.139.3.2 ip ttl set 1; }
traffic() { ask a tcp 10.139.3.2 8080; }
