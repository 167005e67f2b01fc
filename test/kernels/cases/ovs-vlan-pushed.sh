# A flow gives the frames another VLAN than the receiver has a device for.
# nodes: node=node,a b
# fault: dropped vlan-unknown
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0 -- set bridge br0 fail_mode=secure
  veth node pa a eth0
  veth node pb b eth0
  port node br0 pa 20
  port node br0 pb 21
  ip_ b link add link eth0 name eth0.10 type vlan id 10
  ip_ b link set eth0.10 up
  address a eth0 10.83.2.1/24
  address b eth0.10 10.83.2.2/24
  ip_ a neigh add 10.83.2.2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add 10.83.2.1 dev eth0.10 lladdr "$(mac a eth0)" nud permanent
  flow_ node br0 "priority=100,in_port=20,actions=push_vlan:0x8100,set_field:4106->vlan_vid,output:21"
  flow_ node br0 "priority=100,in_port=21,dl_vlan=10,actions=pop_vlan,output:20"
}
fault() { flow_ node br0 "priority=100,in_port=20,actions=push_vlan:0x8100,set_field:4116->vlan_vid,output:21"; }
traffic() { asks a 10.83.2.2; told node; }
