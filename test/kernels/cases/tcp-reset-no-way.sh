# Nothing listens at the server's port, and the server has no route to tell the asker so.
# nodes: a gw b
# fault: dropped no-listener
build() {
  ns a gw b
  veth a e0 gw lan
  veth gw dmz b e0
  address a e0 10.151.0.2/24
  address gw lan 10.151.0.1/24
  address gw dmz 10.151.1.1/24
  address b e0 10.151.1.2/24
  forwards gw
  ip_ a route add default via 10.151.0.1
  ip_ b route add 10.151.0.0/24 via 10.151.1.1
  listen b tcp 80
}
fault() {
  silence b
  ip_ b route del 10.151.0.0/24
}
traffic() { ask a tcp 10.151.1.2 80; }
