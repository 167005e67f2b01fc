# A flow sends what the pod asks to a port that the bridge does not have.
# nodes: node=node,pod fabric
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() { sdn; }
fault() { flow_ node br0 "table=1,priority=300,ip,nw_src=192.100.0.31,actions=output:99"; }
traffic() { ask_service; told node; }
