# Flows translate a service by ct(nat), and the flow by which answers come back leads to no table that has them.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.145.4
  ip_ a route add 10.96.4.4/32 dev eth0
  ip_ a neigh add 10.96.4.4 dev eth0 lladdr "$(mac b eth0)" nud permanent
  flow_ node br0 "priority=100,tcp,in_port=20,nw_dst=10.96.4.4,actions=ct(commit,zone=4,nat(dst=10.145.4.2:8080),table=1)"
  flow_ node br0 "priority=100,tcp,in_port=21,actions=ct(zone=4,nat,table=1)"
  flow_ node br0 "table=1,priority=50,tcp,in_port=20,actions=output:21"
  flow_ node br0 "table=1,priority=50,tcp,in_port=21,nw_src=10.96.4.4,actions=output:20"
  listen b tcp 8080
}
fault() { of_ node br0 del-flows "table=1,in_port=21"; }
traffic() { ask a tcp 10.96.4.4 80; told node; }
