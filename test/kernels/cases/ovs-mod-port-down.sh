# The port that the flow sends to was put down by ovs-ofctl mod-port.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.8
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { of_ node br0 mod-port pb down; }
traffic() { asks a 10.81.8.2; told node; }
