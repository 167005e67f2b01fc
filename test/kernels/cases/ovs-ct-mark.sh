# Answers are let back by the mark of their connection, and the flow that enters it gives another one.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.192.19
  entered 0x7
  flow_ node br0 "table=0,priority=100,tcp,in_port=21,actions=ct(zone=9,table=3)"
  flow_ node br0 "table=3,priority=90,ct_mark=0x7,ct_state=+trk,actions=output:20"
  listen b tcp 6379
}
entered() {
  flow_ node br0 "table=0,priority=100,tcp,in_port=20,actions=ct(commit,zone=9,exec(set_field:$1->ct_mark)),output:21"
}
fault() { entered 0x8; }
traffic() { ask a tcp 10.192.19.2 6379; told node; }
