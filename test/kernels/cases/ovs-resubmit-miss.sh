# The flow hands on to a table that has nothing for this address.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.5
  flow_ node br0 "priority=100,ip,actions=resubmit(,30)"
  flow_ node br0 "table=30,priority=10,ip,nw_dst=10.83.5.1,actions=output:20"
  flow_ node br0 "table=30,priority=10,ip,nw_dst=10.83.5.2,actions=output:21"
}
fault() { of_ node br0 del-flows "table=30,ip,nw_dst=10.83.5.2"; }
traffic() { asks a 10.83.5.2; told node; }
