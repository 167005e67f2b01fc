# The router's VRF has a route that refuses, while the main table has a way.
# nodes: a router b
# fault: dropped route-blackhole
build() {
  ns a router b
  veth a e0 router e0
  veth router e1 b e0
  ip_ router link add red type vrf table 10
  ip_ router link set red up
  ip_ router link set e0 master red
  ip_ router link set e1 master red
  address a e0 10.212.0.1/24
  address router e0 10.212.0.2/24
  address router e1 10.212.1.1/24
  address b e0 10.212.1.2/24
  forwards router
  ip_ a route add default via 10.212.0.2
  ip_ b route add default via 10.212.1.1
}
fault() { ip_ router route add unreachable 10.212.1.2/32 table 10; }
traffic() { ping_ a 10.212.1.2; }
