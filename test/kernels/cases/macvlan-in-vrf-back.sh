# A server's macvlan is in a VRF of its host; neither the VRF's table nor the main one has a way back to who asks from behind a router.
# nodes: a r host
# fault: dropped no-route
build() {
  modprobe vrf
  ns a r host
  veth a e0 r e0
  veth r e1 host eno1
  address a e0 10.15.1.1/24
  address r e0 10.15.1.254/24
  address r e1 10.15.2.254/24
  forwards r
  ip_ host link add blue type vrf table 20
  ip_ host link set blue up
  ip_ host link add link eno1 name mv0 type macvlan mode bridge
  ip_ host link set mv0 master blue
  ip_ host link set mv0 up
  address host eno1 10.15.2.3/24
  address host mv0 10.15.2.2/24
  ip_ a route add default via 10.15.1.254
  ip_ host route add default via 10.15.2.254
  ip_ host route add default via 10.15.2.254 table 20
  ip_ r neigh add 10.15.2.2 lladdr "$(mac host mv0)" dev e1
}
fault() {
  ip_ host route del default via 10.15.2.254 table 20
  ip_ host route del default via 10.15.2.254
}
traffic() { ping_ a 10.15.2.2; }
