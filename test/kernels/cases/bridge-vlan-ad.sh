# A provider's bridge filters VLANs by provider tags (802.1ad), which one host's frames have; the port to the other one lost its VLAN.
# nodes: a sw b
# fault: dropped bridge-vlan-filtered
build() {
  modprobe 8021q
  ns a sw b
  veth a e0 sw p1
  veth b e0 sw p2
  ip_ sw link add br0 type bridge vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 0
  local port node own=1
  for port in p1 p2; do
    ip_ sw link set $port master br0
    in_ sw bridge vlan add dev $port vid 42
  done
  ip_ sw link set br0 up
  for node in a b; do
    ip_ $node link add link e0 name s42 type vlan proto 802.1ad id 42
    ip_ $node link set s42 up
    address $node s42 10.42.0.$own/24
    own=2
  done
  ip_ a neigh add 10.42.0.2 lladdr "$(mac b e0)" dev s42
  ip_ b neigh add 10.42.0.1 lladdr "$(mac a e0)" dev s42
  in_ sw bridge fdb add "$(mac b e0)" dev p2 master static vlan 42
  in_ sw bridge fdb add "$(mac a e0)" dev p1 master static vlan 42
}
fault() { in_ sw bridge vlan del dev p2 vid 42; }
traffic() { ping_ a 10.42.0.2; }
