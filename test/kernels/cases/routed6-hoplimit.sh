# Of IPv6: a host's route gives its packets a hop limit of one, so that they die at the router.
# nodes: a r b
# fault: dropped ttl-exceeded
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  local node
  for node in a r b; do
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.e0.disable_ipv6=0
  done
  in_ r sysctl -qw net.ipv6.conf.e1.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ a addr add fd00:125:1::2/64 dev e0 nodad
  ip_ r addr add fd00:125:1::1/64 dev e0 nodad
  ip_ r addr add fd00:125:2::1/64 dev e1 nodad
  ip_ b addr add fd00:125:2::2/64 dev e0 nodad
  ip_ a -6 route add default via fd00:125:1::1
  ip_ b -6 route add default via fd00:125:2::1
  listen b tcp 8080 six
}
fault() { ip_ a -6 route replace default via fd00:125:1::1 hoplimit 1; }
traffic() { ask a tcp fd00:125:2::2 8080; }
