# A pod has an internal port of the bridge for its device, moved into its namespace, and that is down.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0 -- set bridge br0 fail_mode=secure
  veth node pb b eth0
  port node br0 pb 21
  port node br0 int-a 20 type=internal
  ip_ node link set int-a netns "$RUN.a"
  ip_ a link set int-a up
  address a int-a 10.63.1.1/24
  address b eth0 10.63.1.2/24
  ip_ a neigh add 10.63.1.2 dev int-a lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add 10.63.1.1 dev eth0 lladdr "$(mac a int-a)" nud permanent
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { ip_ a link set int-a down; }
traffic() { asks b 10.63.1.1; told node; }
