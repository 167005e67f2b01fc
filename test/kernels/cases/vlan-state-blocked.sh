# The bridge's port to the asker is blocked for one VLAN alone, as by spanning tree for each VLAN.
# nodes: one host two
# fault: dropped bridge-port-blocked
build() {
  ns one host two
  ip_ host link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ host link set br0 up
  local name number=0
  for name in one two; do
    number=$((number + 1))
    veth "$name" e0 host "p$number"
    ip_ host link set "p$number" master br0
    in_ host bridge vlan add dev "p$number" vid 30 pvid untagged
    address "$name" e0 "10.140.1.$number/24"
  done
  ip_ one neigh add 10.140.1.2 lladdr "$(mac two e0)" dev e0 nud permanent
  ip_ two neigh add 10.140.1.1 lladdr "$(mac one e0)" dev e0 nud permanent
}
fault() { in_ host bridge vlan set dev p1 vid 30 state blocking; }
traffic() { ping_ one 10.140.1.2; }
