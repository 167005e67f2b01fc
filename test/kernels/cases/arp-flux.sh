# A server has two devices on one switch, and answers by both for each of its addresses; its nft drops one port.
# nodes: sw a b
# fault: dropped netfilter-drop
build() {
  ns sw a b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  veth sw p1 a e0
  veth sw p2 b e0
  veth sw p3 b e1
  local port
  for port in p1 p2 p3; do ip_ sw link set $port master br0; done
  address a e0 10.85.1.1/24
  address b e0 10.85.1.2/24
  address b e1 10.85.1.3/24
  in_ b nft add table inet f
  in_ b nft add chain inet f in '{ type filter hook input priority 0; }'
  listen b tcp 8080
}
fault() { in_ b nft add rule inet f in tcp dport 8080 counter drop; }
traffic() { ping_ a 10.85.1.2; ping_ a 10.85.1.3; ask a tcp 10.85.1.3 8080; }
