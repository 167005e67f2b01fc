# The group that the flow sends to has no bucket any more, as a load balancer without servers.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.2
  of_ node br0 add-group "group_id=7,type=select,bucket=weight:1,output:21"
  flow_ node br0 "priority=100,ip,in_port=20,actions=group:7"
  flow_ node br0 "priority=100,ip,in_port=21,actions=output:20"
}
fault() { of_ node br0 mod-group "group_id=7,type=select"; }
traffic() { asks a 10.81.2.2; told node; }
