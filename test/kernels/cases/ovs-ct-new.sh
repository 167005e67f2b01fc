# A firewall of flows lets new connections begin on one side only, and this one begins on the other.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.4
  stateful
  listen b tcp 80
}
fault() {
  flow_ node br0 "table=1,cookie=0xac1,priority=300,ct_state=+new+trk,tcp,in_port=20,tp_dst=80,actions=drop"
}
traffic() { ask a tcp 10.81.4.2 80; told node; }
