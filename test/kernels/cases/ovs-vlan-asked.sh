# The two pods' access ports are in different VLANs, and the one asks for the other's link address.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
# besides: unanswered openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.16
  flow_ node br0 "priority=0,actions=NORMAL"
  ip_ a neigh flush dev eth0 nud permanent
  ip_ b neigh flush dev eth0 nud permanent
  vs_ node set port pa tag=10 -- set port pb tag=10
  ip_ node link set br0 up
}
fault() { vs_ node set port pb tag=20; }
traffic() { asks a 10.83.16.2; told node; }
