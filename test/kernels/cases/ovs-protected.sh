# NORMAL bridges between two ports that are both protected, which keeps them from each other.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.190.7
  flow_ node br0 "priority=0,actions=NORMAL"
}
fault() { vs_ node set port pa protected=true -- set port pb protected=true; }
traffic() { asks a 10.190.7.2; told node; }
