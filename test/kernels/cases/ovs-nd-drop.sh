# A flow drops IPv6's neighbour solicitations, so that nobody learns the other's link address.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.6
  six a fd00:81::1/64
  six b fd00:81::2/64
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { flow_ node br0 "priority=300,icmp6,icmp_type=135,in_port=20,actions=drop"; }
traffic() { in_ a ping -6 -n -c 2 -i 0.3 -W 6 fd00:81::2 || true; told node; }
