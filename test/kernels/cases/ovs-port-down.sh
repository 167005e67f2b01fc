# The device of the port that the flow sends to is down.
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
  address a eth0 10.81.0.1/24
  address b eth0 10.81.0.2/24
  ip_ a neigh add 10.81.0.2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add 10.81.0.1 dev eth0 lladdr "$(mac a eth0)" nud permanent
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { ip_ node link set pb down; }
traffic() { asks a 10.81.0.2; told node; }
