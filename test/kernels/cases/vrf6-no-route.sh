# The VRF's table of IPv6 has no way to this network, and refuses by its last route what it does not know.
# nodes: a r b
# fault: dropped route-blackhole
build() {
  modprobe vrf
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  local node
  for node in a r b; do in_ $node sysctl -qw net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.e0.disable_ipv6=0; done
  in_ r sysctl -qw net.ipv6.conf.e1.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ r link add mgmt type vrf table 1001
  ip_ r link set mgmt up
  ip_ r -6 route add unreachable default metric 4278198272 table 1001
  ip_ r link set e0 master mgmt
  ip_ r link set e1 master mgmt
  ip_ a addr add fd00:49::1/64 dev e0 nodad
  ip_ r addr add fd00:49::2/64 dev e0 nodad
  ip_ r addr add fd00:49:1::2/64 dev e1 nodad
  ip_ b addr add fd00:49:1::1/64 dev e0 nodad
  in_ b sysctl -qw net.ipv6.conf.lo.disable_ipv6=0
  ip_ b addr add fd00:49:9::1/128 dev lo
  ip_ a route add default via fd00:49::2
  ip_ b route add default via fd00:49:1::2
  ip_ r -6 route add fd00:49:9::/64 via fd00:49:1::1 table 1001
}
fault() { ip_ r -6 route del fd00:49:9::/64 table 1001; }
traffic() { ping_ a fd00:49:9::1; }
