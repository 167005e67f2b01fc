# A firewall of flows sees only the answers, as the requests go by another way: it drops them as invalid.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.3
  stateful
  listen b tcp 80
}
fault() { flow_ node br0 "priority=400,tcp,in_port=20,actions=output:21"; }
traffic() { ask a tcp 10.81.3.2 80; told node; }
