# The controller that writes the flows of a bridge in secure mode can't be reached, and there is no flow.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
# besides: dropped no-listener, refused no-listener
. /work/ovs.sh
build() {
  behind 10.83.7
  vs_ node set-controller br0 unix:/run/none
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() {
  vs_ node set-controller br0 tcp:127.0.0.1:6653
  of_ node br0 del-flows
}
traffic() { asks a 10.83.7.2; told node; }
