# The bridge behind the patch port drops what the first one has translated.
# nodes: node=node,pod fabric
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() { sdn; }
fault() { flow_ node br-ext "priority=300,tcp,nw_dst=10.16.203.160,tp_dst=6443,actions=drop"; }
traffic() { ask_service; told node; }
