# IPv4 in IPv6 (DS-Lite) between a home router and its provider, whose ip6 filter drops the tunnel's protocol.
# nodes: b4 aftr
# fault: dropped tunnel-blocked
build() {
  ns b4 aftr
  veth b4 e0 aftr e0
  local node own other
  for node in b4 aftr; do
    own=1 other=2
    [ $node = b4 ] || { own=2 other=1; }
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:109::$own/64 dev e0 nodad
    ip_ $node link add ds0 type ip6tnl mode ipip6 local fd00:109::$own remote fd00:109::$other encaplimit none
    ip_ $node link set ds0 up
    address $node ds0 10.109.0.$own/24
  done
  in_ aftr nft add table ip6 fw
  in_ aftr nft add chain ip6 fw in '{ type filter hook input priority 0; }'
}
fault() { in_ aftr nft add rule ip6 fw in meta l4proto 4 counter drop; }
traffic() { ping_ b4 10.109.0.2; }
