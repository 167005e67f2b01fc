# A link behind the second router is narrow, and the first one drops what tells the sender so (ICMP).
# nodes: a r1 r2 b
# fault: dropped mtu-exceeded
# besides: dropped netfilter-drop
build() {
  ns a r1 r2 b
  veth a e0 r1 e0
  veth r1 e1 r2 e0
  veth r2 e1 b e0
  address a e0 10.116.1.2/24
  address r1 e0 10.116.1.1/24
  address r1 e1 10.116.2.1/24
  address r2 e0 10.116.2.2/24
  address r2 e1 10.116.3.1/24
  address b e0 10.116.3.2/24
  forwards r1
  forwards r2
  ip_ a route add default via 10.116.1.1
  ip_ b route add default via 10.116.3.1
  ip_ r1 route add 10.116.3.0/24 via 10.116.2.2
  ip_ r2 route add 10.116.1.0/24 via 10.116.2.1
  in_ r1 nft add table inet fw
  in_ r1 nft add chain inet fw through '{ type filter hook forward priority 0; }'
}
fault() {
  ip_ r2 link set e1 mtu 1300
  ip_ b link set e0 mtu 1300
  in_ r1 nft add rule inet fw through icmp type destination-unreachable counter drop
}
traffic() { ping_ a -M do -s 1400 10.116.3.2; }
