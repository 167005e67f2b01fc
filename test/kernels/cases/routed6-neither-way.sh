# The router of IPv6 has a way neither to the destination nor back to the asker, whom it can't tell so.
# nodes: desk gw srv
# fault: dropped no-route
build() {
  ns desk gw srv
  veth desk e0 gw lan
  veth gw wan srv e0
  local node
  for node in desk srv; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0; done
  in_ gw sysctl -qw net.ipv6.conf.lan.disable_ipv6=0 net.ipv6.conf.wan.disable_ipv6=0 \
    net.ipv6.conf.lo.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ desk addr add fd00:50::2/64 dev e0 nodad
  ip_ desk addr add fd00:50:9::1/128 dev lo
  ip_ gw addr add fd00:50::1/64 dev lan nodad
  ip_ gw addr add fd00:50:1::1/64 dev wan nodad
  ip_ srv addr add fd00:50:1::2/64 dev e0 nodad
  ip_ srv addr add fd00:50:8::1/128 dev lo
  ip_ desk route add default via fd00:50::1 src fd00:50:9::1
  ip_ srv route add default via fd00:50:1::1
  ip_ gw route add fd00:50:8::/64 via fd00:50:1::2
  ip_ gw route add fd00:50:9::/64 via fd00:50::2
}
fault() {
  ip_ gw route del fd00:50:8::/64
  ip_ gw route del fd00:50:9::/64
}
traffic() { ping_ desk fd00:50:8::1; }
