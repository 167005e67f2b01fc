# A vxlan between two machines; nft of the far one drops what comes out of it. Healthy: 1 MiB each way.
# nodes: a b
# far: b
# fault: dropped netfilter-drop
build() {
  wired a b 172.22.2
  ip_ a link add vx0 type vxlan id 22 remote 172.22.2.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 22 remote 172.22.2.1 dstport 4789 dev e0
  joined_by vx0 10.222.2
  listen b bulk 5001
}
fault() {
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  in_ b nft add rule ip far take iif vx0 tcp dport 5001 counter drop
}
traffic() { bulk a 10.222.2.2 5001 1048576; }
