# A rule of nft rejects what the client's TCP asks of a server that listens, with a reset.
# nodes: a b
# fault: refused netfilter-reject
build() {
  pair a b 10.251.4
  in_ b nft add table inet shop
  in_ b nft add chain inet shop in '{ type filter hook input priority 0; policy accept; }'
  listen b tcp 80
}
fault() { in_ b nft add rule inet shop in tcp dport 80 counter reject with tcp reset; }
traffic() { ask a tcp 10.251.4.2 80; }
