# A bond sends each packet by both of its links (broadcast), so that it comes twice; nft of the receiver drops one port.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  modprobe bonding
  ns a b
  local node port
  for node in a b; do ip_ $node link add bond9 type bond mode broadcast miimon 100; done
  for port in p1 p2; do
    veth a $port b $port
    for node in a b; do
      ip_ $node link set $port down
      ip_ $node link set $port master bond9
      ip_ $node link set $port up
    done
  done
  joined_by bond9 10.250.1
  in_ b nft add table inet f
  in_ b nft add chain inet f in '{ type filter hook input priority 0; }'
  listen b udp 53
}
fault() { in_ b nft add rule inet f in udp dport 53 counter drop; }
traffic() { ping_ a 10.250.1.2; ask a udp 10.250.1.2 53; }
