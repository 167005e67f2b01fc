# The router in the middle has IPv6 switched off on the side of who asks.
# nodes: left mid right
# fault: dropped ipv6-disabled
build() {
  ns left mid right
  veth left e0 mid e0
  veth mid e1 right e0
  local node
  for node in left right; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0; done
  in_ mid sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e1.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ left addr add 2001:db8:71::1/64 dev e0 nodad
  ip_ mid addr add 2001:db8:71::fe/64 dev e0 nodad
  ip_ mid addr add 2001:db8:72::fe/64 dev e1 nodad
  ip_ right addr add 2001:db8:72::1/64 dev e0 nodad
  ip_ left route add default via 2001:db8:71::fe
  ip_ right route add default via 2001:db8:72::fe
  ip_ left neigh replace 2001:db8:71::fe lladdr "$(mac mid e0)" dev e0
  ip_ right neigh replace 2001:db8:72::fe lladdr "$(mac mid e1)" dev e0
}
fault() { in_ mid sysctl -qw net.ipv6.conf.e0.disable_ipv6=1; }
traffic() { ping_ left 2001:db8:72::1; }
