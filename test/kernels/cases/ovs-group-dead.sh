# The port that the only bucket of a fast failover group watches is down.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.4
  of_ node br0 add-group "group_id=9,type=ff,bucket=watch_port:21,output:21"
  flow_ node br0 "priority=100,ip,in_port=20,actions=group:9"
  flow_ node br0 "priority=100,ip,in_port=21,actions=output:20"
}
fault() { ip_ node link set pb down; }
traffic() { asks a 10.83.4.2; told node; }
