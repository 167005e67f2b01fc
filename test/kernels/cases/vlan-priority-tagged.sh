# A host gives its frames a priority by a VLAN of id 0, as profinet and voice do; nft of the other end drops one port.
# nodes: plc hmi
# fault: dropped netfilter-drop
build() {
  modprobe 8021q
  ns plc hmi
  veth plc e0 hmi e0
  ip_ plc link add link e0 name e0.0 type vlan id 0 egress-qos-map 0:6
  ip_ plc link set e0.0 up
  address plc e0 10.3.1.1/24
  address hmi e0 10.3.1.2/24
  ip_ plc route add 10.3.1.2/32 dev e0.0 src 10.3.1.1
  ip_ plc neigh add 10.3.1.2 lladdr "$(mac hmi e0)" dev e0.0
  ip_ hmi neigh add 10.3.1.1 lladdr "$(mac plc e0)" dev e0
  listen hmi tcp 102
}
fault() {
  in_ hmi nft add table ip f
  in_ hmi nft add chain ip f in '{ type filter hook input priority 0; }'
  in_ hmi nft add rule ip f in tcp dport 102 drop
}
traffic() { ping_ plc 10.3.1.2; ask plc tcp 10.3.1.2 102; }
