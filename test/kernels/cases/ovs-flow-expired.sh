# The flow that led to the other pod has reached its hard timeout, and nobody has written it again.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.6
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { flow_ node br0 "priority=100,in_port=20,hard_timeout=1,actions=output:21"; }
traffic() { asks a 10.83.6.2; told node; }
