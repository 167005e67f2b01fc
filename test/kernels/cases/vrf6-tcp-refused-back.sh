# Nothing listens in the server's VRF of IPv6, whose table has no way back either, so that no reset is sent.
# nodes: a gw srv
# fault: dropped no-listener
build() {
  modprobe vrf
  ns a gw srv
  veth a e0 gw lan
  veth gw dmz srv eth1
  in_ a sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
  in_ gw sysctl -qw net.ipv6.conf.lan.disable_ipv6=0 net.ipv6.conf.dmz.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ srv link add blue type vrf table 90
  ip_ srv link set blue up
  ip_ srv link set eth1 master blue
  in_ srv sysctl -qw net.ipv6.conf.eth1.disable_ipv6=0 net.ipv6.conf.blue.disable_ipv6=0 net.ipv4.tcp_l3mdev_accept=1
  ip_ a addr add fd00:74::2/64 dev e0 nodad
  ip_ gw addr add fd00:74::1/64 dev lan nodad
  ip_ gw addr add fd00:75::1/64 dev dmz nodad
  ip_ srv addr add fd00:75::2/64 dev eth1 nodad
  ip_ a route add default via fd00:74::1
  ip_ srv route add fd00:74::/64 via fd00:75::1 table 90
  listen srv tcp 5000 six
}
fault() {
  silence srv
  ip_ srv route del fd00:74::/64 table 90
}
traffic() { ask a tcp fd00:75::2 5000; }
