# nft hands the packet to a queue that no program listens to.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.235.0
  in_ b nft add table ip t
  in_ b nft add chain ip t in '{ type filter hook input priority 0; }'
  in_ b nft add rule ip t in ip protocol icmp counter accept
}
fault() {
  in_ b nft flush chain ip t in
  in_ b nft add rule ip t in ip protocol icmp counter queue num 5
}
traffic() { ping_ a 10.235.0.2; }
