# A vxlan over cards that take TCP in pieces of 64 KiB; nft of the far machine drops one of four of its own.
# nodes: a b
# far: b
# wire: tso
# fault: slow netfilter-drop
build() {
  wired a b 172.22.9
  ip_ a link add vx0 type vxlan id 29 remote 172.22.9.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 29 remote 172.22.9.1 dstport 4789 dev e0
  joined_by vx0 10.222.9
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take iif vx0 tcp dport 5001 meta length '>' 1300 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 10.222.9.2 5001 262144; }
