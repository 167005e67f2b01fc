# The host's own device of the VLAN is on the bridge, which has that VLAN on its port alone.
# nodes: a host
# fault: dropped bridge-vlan-filtered
build() {
  ns a host
  veth a e0 host p0
  ip_ host link add br0 type bridge vlan_filtering 1
  ip_ host link set p0 master br0
  ip_ host link set br0 up
  in_ host bridge vlan add dev p0 vid 10
  in_ host bridge vlan add dev br0 vid 10 self
  ip_ host link add link br0 name br0.10 type vlan id 10
  ip_ host link set br0.10 up
  ip_ a link add link e0 name v10 type vlan id 10
  ip_ a link set v10 up
  address a v10 10.190.2.1/24
  address host br0.10 10.190.2.2/24
  ip_ a neigh add 10.190.2.2 lladdr "$(mac host br0.10)" dev v10
}
fault() { in_ host bridge vlan del dev br0 vid 10 self; }
traffic() { ping_ a 10.190.2.2; }
