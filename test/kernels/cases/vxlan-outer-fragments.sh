# A vxlan's packets are cut in two beneath; a rule of the receiver's drops later fragments before they are put together.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 172.23.1
  local node other
  for node in a b; do
    other=172.23.1.2; [ $node = a ] || other=172.23.1.1
    ip_ $node link add vx0 type vxlan id 9 remote $other dstport 4789 df unset
    ip_ $node link set vx0 mtu 1500
  done
  joined_by vx0 10.215.1
  in_ b nft add table ip early
  in_ b nft add chain ip early pre '{ type filter hook prerouting priority -450; }'
}
fault() { in_ b nft add rule ip early pre 'ip frag-off & 0x1fff != 0 counter drop'; }
traffic() { ping_ a 10.215.1.2; ping_ a -s 1472 10.215.1.2; }
