# Of IPv6: a router's nft drops fragments, and what is asked is larger than the link.
# nodes: a r b
# fault: dropped netfilter-drop
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  local node
  for node in a r b; do
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.e0.disable_ipv6=0
  done
  in_ r sysctl -qw net.ipv6.conf.e1.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ a addr add fd00:124:1::2/64 dev e0 nodad
  ip_ r addr add fd00:124:1::1/64 dev e0 nodad
  ip_ r addr add fd00:124:2::1/64 dev e1 nodad
  ip_ b addr add fd00:124:2::2/64 dev e0 nodad
  ip_ a -6 route add default via fd00:124:1::1
  ip_ b -6 route add default via fd00:124:2::1
  in_ r nft add table ip6 fw
  in_ r nft add chain ip6 fw pre '{ type filter hook prerouting priority -450; }'
}
fault() { in_ r nft add rule ip6 fw pre iifname e0 exthdr frag exists counter drop; }
traffic() { ping_ a -s 3000 fd00:124:2::2; }
