# nft of an IPv6 server hands its answers to a queue that no program listens to; the questions arrive.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add "fd00:140::$number/64" dev e0 nodad
  done
  in_ b nft add table ip6 t
  in_ b nft add chain ip6 t out '{ type filter hook output priority 0; }'
  listen b tcp 8080 six
}
fault() { in_ b nft add rule ip6 t out tcp sport 8080 counter queue num 9; }
traffic() { ask a tcp fd00:140::2 8080; }
