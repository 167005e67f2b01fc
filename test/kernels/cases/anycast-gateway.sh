# Two leaves have one gateway's address and link address (anycast), and a vxlan between them; the far one drops what it routes to its host.
# nodes: one leaf1 leaf2 two
# fault: dropped netfilter-drop
build() {
  ns one leaf1 leaf2 two
  veth leaf1 wan leaf2 wan
  address leaf1 wan 172.30.6.1/24
  address leaf2 wan 172.30.6.2/24
  local i=1 host other=2
  for host in one two; do
    veth $host e0 leaf$i lan
    ip_ leaf$i link add br0 type bridge
    ip_ leaf$i link set br0 address 02:00:00:00:84:fe
    ip_ leaf$i link add vx0 type vxlan id 84 local 172.30.6.$i remote 172.30.6.$other dstport 4789
    ip_ leaf$i link set vx0 master br0
    ip_ leaf$i link set lan master br0
    ip_ leaf$i link set vx0 up
    ip_ leaf$i link set br0 up
    in_ leaf$i bridge link set dev vx0 neigh_suppress on
    address leaf$i br0 10.84.1.254/24
    forwards leaf$i
    address $host e0 10.84.1.$i/24
    ip_ $host route add default via 10.84.1.254
    i=2 other=1
  done
  veth leaf2 dmz two e1
  address leaf2 dmz 10.84.2.254/24
  address two e1 10.84.2.1/24
  ip_ leaf1 route add 10.84.2.0/24 via 172.30.6.2
  ip_ leaf2 route add 10.84.1.1/32 via 172.30.6.1
  ip_ leaf1 route add 10.84.1.1/32 dev br0
  ip_ two route add 10.84.1.1/32 via 10.84.2.254
  in_ leaf2 nft add table inet f
  in_ leaf2 nft add chain inet f passing '{ type filter hook forward priority 0; }'
  listen two tcp 8080
}
fault() { in_ leaf2 nft add rule inet f passing ip daddr 10.84.2.1 tcp dport 8080 counter drop; }
traffic() { ping_ one 10.84.1.2; ping_ one 10.84.2.1; ask one tcp 10.84.2.1 8080; }
