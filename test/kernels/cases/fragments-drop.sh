# A rule of nft at the receiver drops what was put together of fragments; without it they are answered so.
# nodes: a b
# fault: dropped netfilter-drop
build() { pair a b 10.251.8; }
fault() {
  in_ b nft add table ip shop
  in_ b nft add chain ip shop in '{ type filter hook input priority 0; policy accept; }'
  in_ b nft add rule ip shop in icmp type echo-request counter drop
}
traffic() { ping_ a -s 4000 10.251.8.2; }
