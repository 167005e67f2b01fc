# A vxlan of 1500 over cards of 9000 that cut TCP; nft of the far machine drops one of four of its own.
# nodes: a b
# far: b
# wire: cut
# fault: slow netfilter-drop
build() {
  wired a b 172.22.13
  ip_ a link set e0 mtu 9000
  ip_ b link set e0 mtu 9000
  ip_ a link add vx0 type vxlan id 33 remote 172.22.13.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 33 remote 172.22.13.1 dstport 4789 dev e0
  ip_ b link set vx0 mtu 1500
  joined_by vx0 10.222.13
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take iif vx0 tcp dport 5001 meta length '>' 1300 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 10.222.13.2 5001 262144; }
