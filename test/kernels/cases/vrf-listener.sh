# The server listens outside the VRF that the question comes in, and tcp_l3mdev_accept is off.
# nodes: a b
# fault: refused no-listener
build() {
  modprobe vrf
  ns a b
  veth a e0 b e0
  ip_ b link add red type vrf table 10
  ip_ b link set red up
  ip_ b link set e0 master red
  address a e0 10.250.11.1/24
  address b e0 10.250.11.2/24
  in_ b sysctl -qw net.ipv4.tcp_l3mdev_accept=1
  listen b tcp 80
}
fault() { in_ b sysctl -qw net.ipv4.tcp_l3mdev_accept=0; }
traffic() { ask a tcp 10.250.11.2 80; }
