# Private VLANs of one switch: questions go in VLAN 10 and answers in VLAN 20, of which the asker's port is no member any more.
# nodes: sw a b
# fault: dropped bridge-vlan-filtered
build() {
  ns sw a b
  ip_ sw link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ sw link set br0 up
  local node
  for node in a b; do
    veth sw p$node $node e0
    ip_ sw link set p$node master br0
  done
  in_ sw bridge vlan add dev pa vid 10 pvid untagged
  in_ sw bridge vlan add dev pa vid 20 untagged
  in_ sw bridge vlan add dev pb vid 20 pvid untagged
  in_ sw bridge vlan add dev pb vid 10 untagged
  address a e0 10.243.1.1/24
  address b e0 10.243.1.2/24
  ip_ b neigh add 10.243.1.1 lladdr "$(mac a e0)" dev e0
  ip_ a neigh add 10.243.1.2 lladdr "$(mac b e0)" dev e0
}
fault() { in_ sw bridge vlan del dev pa vid 20; }
traffic() { ping_ a 10.243.1.2; }
