# nft at the server's egress drops the answers to this client; the questions arrive.
# nodes: client server
# fault: dropped netfilter-drop
build() {
  pair client server 10.179.0
  listen server tcp 7000
  in_ server nft add table netdev t
  in_ server nft add chain netdev t e '{ type filter hook egress device "e0" priority 0; policy accept; }'
  in_ server nft add rule netdev t e tcp sport 7001 counter drop
}
fault() { in_ server nft add rule netdev t e tcp sport 7000 counter drop; }
traffic() { ask client tcp 10.179.0.2 7000; }
