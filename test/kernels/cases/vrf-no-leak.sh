# No route leads from the one VRF of the router into the other, and the main table has none either.
# nodes: a r b
# fault: dropped no-route
build() {
  modprobe vrf
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  ip_ r link add red type vrf table 10
  ip_ r link add blue type vrf table 20
  local device
  for device in red blue; do ip_ r link set $device up; done
  ip_ r link set e0 master red
  ip_ r link set e1 master blue
  address a e0 10.250.9.1/24
  address r e0 10.250.9.2/24
  address r e1 10.250.10.1/24
  address b e0 10.250.10.2/24
  forwards r
  ip_ a route add default via 10.250.9.2
  ip_ b route add default via 10.250.10.1
  ip_ r route add 10.250.10.0/24 dev e1 table 10
  ip_ r route add 10.250.9.0/24 dev e0 table 20
}
fault() { ip_ r route del 10.250.10.0/24 dev e1 table 10; }
traffic() { ping_ a 10.250.10.2; }
