# A server in a VRF, whose table has no way back to the asker, which the main table has; the rest it refuses.
# nodes: a gw srv
# fault: dropped route-blackhole
# besides: unanswered route-blackhole
build() {
  modprobe vrf
  ns a gw srv
  veth a e0 gw lan
  veth gw dmz srv eth1
  veth gw mgmt srv eth0
  address a e0 10.177.87.2/24
  address gw lan 10.177.87.1/24
  address gw dmz 10.177.88.1/24
  address gw mgmt 10.177.89.1/24
  forwards gw
  ip_ a route add default via 10.177.87.1
  ip_ srv link add blue type vrf table 88
  ip_ srv link set blue up
  ip_ srv link set eth1 master blue
  address srv eth1 10.177.88.2/24
  address srv eth0 10.177.89.2/24
  ip_ srv route add default via 10.177.89.1
  ip_ srv route add unreachable default metric 4278198272 table 88
  ip_ srv route add 10.177.87.0/24 via 10.177.88.1 table 88
}
fault() { ip_ srv route del 10.177.87.0/24 table 88; }
traffic() { ping_ a 10.177.88.2; }
