# No flow matches what the pod asks, and its bridge is in secure mode.
# nodes: node=node,pod fabric
# fault: dropped openvswitch-drop
# fault on 6.1: unknown openvswitch-drop
. /work/ovs.sh
build() { sdn; }
fault() { of_ node br0 del-flows "cookie=0x1a/-1"; }
traffic() { ask_service; told node; }
