# The patch port that leads to the second bridge has no peer there any more.
# nodes: node=node,pod fabric
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() { sdn; }
fault() { vs_ node del-port br-ext eth-ext; }
traffic() { ask_service; told node; }
