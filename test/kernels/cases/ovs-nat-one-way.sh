# Flows translate the question by ct(nat), and hand the answer on as it is; the reset of it fits no flow.
# nodes: node=node,pod fabric
# fault: mis-answered reply-not-translated
# besides: dropped openvswitch-drop, dropped reply-not-translated
. /work/ovs.sh
build() { sdn; }
fault() { flow_ node br0 "cookie=0x1b,priority=150,tcp,in_port=2,nw_src=10.16.203.160,actions=output:3"; }
traffic() { ask_service; told node; }
