# Flows with connection tracking let IPv6 connections begin, and drop what belongs to one on its way back.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.162.0
  six a fd00:62::1/64
  six b fd00:62::2/64
  ip_ a neigh add fd00:62::2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add fd00:62::1 dev eth0 lladdr "$(mac a eth0)" nud permanent
  flow_ node br0 "priority=100,ipv6,actions=ct(table=1,zone=9)"
  flow_ node br0 "table=1,priority=100,ct_state=+new+trk,ipv6,actions=ct(commit,zone=9),resubmit(,2)"
  flow_ node br0 "table=1,priority=100,ct_state=+est+trk,ipv6,actions=resubmit(,2)"
  flow_ node br0 "table=2,priority=100,in_port=20,actions=output:21"
  flow_ node br0 "table=2,priority=100,in_port=21,actions=output:20"
  listen b tcp 9090 six
}
fault() { flow_ node br0 "table=1,cookie=0x62,priority=300,ct_state=+est+rpl+trk,ipv6,actions=drop"; }
traffic() { ask a tcp fd00:62::2 9090; told node; }
