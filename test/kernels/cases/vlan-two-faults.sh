# A switch with VLANs has two faults: one host's port lost the VLAN, and another one's is isolated, as the asker's is.
# nodes: a sw b c
# fault: dropped bridge-vlan-filtered
# besides: dropped bridge-port-isolated, unanswered bridge-port-isolated
build() {
  ns a sw b c
  ip_ sw link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ sw link set br0 up
  local node own=1
  for node in a b c; do
    veth $node e0 sw p$node
    ip_ sw link set p$node master br0
    in_ sw bridge vlan add dev p$node vid 50 pvid untagged
    address $node e0 10.50.0.$own/24
    own=$((own + 1))
  done
  ip_ a neigh add 10.50.0.2 lladdr "$(mac b e0)" dev e0
  ip_ a neigh add 10.50.0.3 lladdr "$(mac c e0)" dev e0
  ip_ b neigh add 10.50.0.1 lladdr "$(mac a e0)" dev e0
  ip_ c neigh add 10.50.0.1 lladdr "$(mac a e0)" dev e0
  in_ sw bridge fdb add "$(mac b e0)" dev pb master static vlan 50
  in_ sw bridge fdb add "$(mac c e0)" dev pc master static vlan 50
}
fault() {
  in_ sw bridge vlan del dev pb vid 50
  in_ sw bridge link set dev pa isolated on
  in_ sw bridge link set dev pc isolated on
}
traffic() { ping_ a 10.50.0.2; ping_ a 10.50.0.3; }
