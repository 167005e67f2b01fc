# The router's VRF has its way back to the sender by another device, and checks where packets come from.
# nodes: a r b
# fault: dropped reverse-path-filter
build() {
  modprobe vrf
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  veth r e2 r e3
  ip_ r link add red type vrf table 10
  ip_ r link set red up
  local device
  for device in e0 e1 e2; do ip_ r link set $device master red; done
  address a e0 10.190.17.1/24
  address r e0 10.190.17.2/24
  address r e1 10.190.18.1/24
  address b e0 10.190.18.2/24
  forwards r
  in_ r sysctl -qw net.ipv4.conf.e0.rp_filter=1
  ip_ a route add default via 10.190.17.2
  ip_ b route add default via 10.190.18.1
}
fault() { ip_ r route add 10.190.17.1/32 dev e2 table 10; }
traffic() { ping_ a 10.190.18.2; }
