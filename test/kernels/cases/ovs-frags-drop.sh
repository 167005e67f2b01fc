# The bridge was told to drop fragments (set-frags), so that what is large is lost and what is small passes.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.224.1
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { of_ node br0 set-frags drop; }
traffic() { asks a 10.224.1.2; asks a 10.224.1.2 -s 3000; told node; }
