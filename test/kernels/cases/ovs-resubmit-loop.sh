# A flow hands on to its own table for ever, so that ovs-vswitchd gives up and the packet is dropped.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.145.2
  flow_ node br0 "priority=100,ip,actions=resubmit(,20)"
  flow_ node br0 "table=20,priority=10,ip,nw_dst=10.145.2.1,actions=output:20"
  flow_ node br0 "table=20,priority=10,ip,nw_dst=10.145.2.2,actions=output:21"
}
fault() { flow_ node br0 "table=20,priority=90,ip,nw_dst=10.145.2.2,actions=resubmit(,20),output:21"; }
traffic() { asks a 10.145.2.2; told node; }
