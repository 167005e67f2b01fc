# A container's macvlan is on a VLAN of the host, which the switch's port to the host does not carry (any more).
# nodes: host=host,one sw far
# fault: dropped bridge-vlan-filtered
build() {
  ns host one sw far
  ip_ sw link add br0 type bridge vlan_filtering 1
  ip_ sw link set br0 up
  veth host up0 sw p1
  veth far e0 sw p2
  ip_ sw link set p1 master br0
  ip_ sw link set p2 master br0
  in_ sw bridge vlan add dev p1 vid 80
  in_ sw bridge vlan del dev p2 vid 1
  in_ sw bridge vlan add dev p2 vid 80 pvid untagged
  ip_ host link add link up0 name up0.80 type vlan id 80
  ip_ host link set up0.80 up
  ip_ host link add mv0 link up0.80 type macvlan mode bridge
  ip_ host link set mv0 netns "$RUN.one"
  ip_ one link set mv0 up
  address one mv0 10.249.1.1/24
  address far e0 10.249.1.2/24
  ip_ one neigh add 10.249.1.2 lladdr "$(mac far e0)" dev mv0
  ip_ far neigh add 10.249.1.1 lladdr "$(mac one mv0)" dev e0
}
fault() { in_ sw bridge vlan del dev p1 vid 80; }
traffic() { ping_ one 10.249.1.2; }
