# The pod's gateway is the bridge's own device, which is down.
# nodes: node=node,a
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a
  ovs node
  vs_ node add-br br0
  veth node pa a eth0
  port node br0 pa 20
  address a eth0 10.81.10.1/24
  address node br0 10.81.10.254/24
  ip_ node link set br0 up
  ip_ a neigh add 10.81.10.254 dev eth0 lladdr "$(mac node br0)" nud permanent
  ip_ node neigh add 10.81.10.1 dev br0 lladdr "$(mac a eth0)" nud permanent
  flow_ node br0 "priority=100,in_port=20,actions=LOCAL"
  flow_ node br0 "priority=100,in_port=LOCAL,actions=output:20"
}
fault() { ip_ node link set br0 down; }
traffic() { asks a 10.81.10.254; told node; }
