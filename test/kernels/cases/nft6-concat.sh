# A router's set of IPv6 networks and ports, asked in a chain that it jumps to, drops to this port.
# nodes: branch fw dc
# fault: dropped netfilter-drop
build() {
  ns branch fw dc
  veth branch e0 fw br-lan
  veth fw dc-lan dc e0
  local node
  for node in branch dc; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0; done
  in_ fw sysctl -qw net.ipv6.conf.br-lan.disable_ipv6=0 net.ipv6.conf.dc-lan.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ branch addr add fd00:58::2/64 dev e0 nodad
  ip_ fw addr add fd00:58::1/64 dev br-lan nodad
  ip_ fw addr add fd00:58:1::1/64 dev dc-lan nodad
  ip_ dc addr add fd00:58:1::2/64 dev e0 nodad
  ip_ branch route add default via fd00:58::1
  ip_ dc route add default via fd00:58:1::1
  in_ fw nft -f - <<'N'
table ip6 edge {
  set closed { type ipv6_addr . inet_service; flags interval; elements = { fd00:58:1::/64 . 1-1023 } }
  chain sorted {
    ip6 daddr . tcp dport @closed drop
  }
  chain passing {
    type filter hook forward priority filter; policy accept;
    meta l4proto tcp jump sorted
  }
}
N
  listen dc tcp 5432 six
}
fault() { in_ fw nft add element ip6 edge closed '{ fd00:58:1::2 . 5000-6000 }'; }
traffic() { ask branch tcp fd00:58:1::2 5432; }
