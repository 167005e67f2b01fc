# The flow for the answers asks another zone of connection tracking than the one the question was entered in.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.191.32
  flow_ node br0 "priority=100,ip,in_port=20,actions=ct(commit,zone=5),output:21"
  back 5
  listen b tcp 8080
}
back() {
  flow_ node br0 "table=0,priority=100,ip,in_port=21,actions=ct(zone=$1,table=4)"
  flow_ node br0 "table=4,priority=50,ct_state=+est+trk,actions=output:20"
  flow_ node br0 "table=4,priority=10,actions=drop"
}
fault() { back 6; }
traffic() { ask a tcp 10.191.32.2 8080; told node; }
