# NORMAL bridges between two access ports; the other one's tag is another VLAN, so nobody is there.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.5
  flow_ node br0 "priority=0,actions=NORMAL"
  vs_ node set port pa tag=10 -- set port pb tag=10
}
fault() { vs_ node set port pb tag=20; }
traffic() { asks a 10.81.5.2; told node; }
