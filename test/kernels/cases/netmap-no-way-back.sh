# A router maps a whole network to another (netmap, as of overlapping sites), and the server has no way back to it.
# nodes: a r b
# fault: dropped no-route
build() {
  ns a r b
  veth a e0 r in
  veth r out b e0
  address a e0 10.134.1.2/24
  address r in 10.134.1.1/24
  address r out 10.134.2.1/24
  address b e0 10.134.2.2/24
  forwards r
  ip_ a route add default via 10.134.1.1
  ip_ b route add 10.134.9.0/24 via 10.134.2.1
  in_ r nft add table ip nat
  in_ r nft add chain ip nat post '{ type nat hook postrouting priority 100; }'
  in_ r nft add rule ip nat post oifname out snat ip prefix to ip saddr map '{ 10.134.1.0/24 : 10.134.9.0/24 }'
  ip_ r route add blackhole 10.134.9.0/24
  listen b tcp 8080
}
fault() { ip_ b route del 10.134.9.0/24; }
traffic() { ask a tcp 10.134.2.2 8080; }
