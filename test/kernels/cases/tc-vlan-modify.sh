# A switch's port translates a customer's VLAN into the provider's (tc vlan modify); the filter is gone, so that frames keep theirs.
# nodes: cust sw prov
# fault: dropped bridge-vlan-filtered
build() {
  modprobe -a 8021q act_vlan
  ns cust sw prov
  veth cust e0 sw p1
  veth sw p2 prov e0
  ip_ sw link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  local port
  for port in p1 p2; do
    ip_ sw link set $port master br0
    in_ sw bridge vlan add dev $port vid 200
  done
  ip_ sw link set br0 up
  tc_ sw qdisc add dev p1 clsact
  tc_ sw filter add dev p1 ingress protocol 802.1Q prio 1 flower vlan_id 10 action vlan modify id 200
  tc_ sw filter add dev p1 egress protocol 802.1Q prio 1 flower vlan_id 200 action vlan modify id 10
  ip_ cust link add link e0 name e0.10 type vlan id 10
  ip_ prov link add link e0 name e0.200 type vlan id 200
  ip_ cust link set e0.10 up
  ip_ prov link set e0.200 up
  address cust e0.10 10.22.0.1/24
  address prov e0.200 10.22.0.2/24
  ip_ cust neigh add 10.22.0.2 lladdr "$(mac prov e0)" dev e0.10
  ip_ prov neigh add 10.22.0.1 lladdr "$(mac cust e0)" dev e0.200
}
fault() { tc_ sw filter del dev p1 ingress prio 1; }
traffic() { ping_ cust 10.22.0.2; }
