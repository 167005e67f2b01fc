# The near card has an MTU of 9000 and the far one 1500; nft of the far machine drops one of four large ones.
# nodes: a b
# far: b
# wire: tso
# fault: slow netfilter-drop
build() {
  wired a b 172.22.12
  ip_ a link set e0 mtu 9000
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take tcp dport 5001 meta length '>' 1400 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 172.22.12.2 5001 524288; }
