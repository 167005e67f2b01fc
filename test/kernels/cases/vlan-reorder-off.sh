# A VLAN device leaves the tag in the frame (reorder_hdr off) and goes up without its lower device's carrier (loose_binding); nft drops one port.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  modprobe 8021q
  ns a b
  veth a e0 b e0
  ip_ a link add link e0 name e0.17 type vlan id 17
  ip_ b link add link e0 name e0.17 type vlan id 17 reorder_hdr off loose_binding on
  local node own=1
  for node in a b; do
    ip_ $node link set e0.17 up
    address $node e0.17 10.17.0.$own/24
    own=2
  done
  listen b udp 53
}
fault() {
  in_ b nft add table ip f
  in_ b nft add chain ip f in '{ type filter hook input priority 0; }'
  in_ b nft add rule ip f in iifname e0.17 udp dport 53 counter drop
}
traffic() { ping_ a 10.17.0.2; ask a udp 10.17.0.2 53; }
