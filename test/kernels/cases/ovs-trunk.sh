# The other pod's port is a trunk that does not carry the VLAN of this pod's access port.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0
  veth node pa a eth0
  veth node pb b eth0
  port node br0 pa 20
  port node br0 pb 21
  ip_ b link add link eth0 name eth0.10 type vlan id 10
  ip_ b link set eth0.10 up
  address a eth0 10.83.1.1/24
  address b eth0.10 10.83.1.2/24
  ip_ a neigh add 10.83.1.2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add 10.83.1.1 dev eth0.10 lladdr "$(mac a eth0)" nud permanent
  vs_ node set port pa tag=10 -- set port pb trunks=10,20
}
fault() { vs_ node set port pb trunks=20,30; }
traffic() { asks a 10.83.1.2; told node; }
