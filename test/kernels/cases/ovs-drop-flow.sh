# A flow of the first bridge drops what the pod asks.
# nodes: node=node,pod fabric
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() { sdn; }
fault() { flow_ node br0 "cookie=0xdead,priority=300,ip,nw_src=192.100.0.31,actions=drop"; }
traffic() { ask_service; told node; }
