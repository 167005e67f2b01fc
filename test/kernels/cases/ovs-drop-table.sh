# A flow of a later table, to which the first one resubmits, drops what the pod asks.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
# fault on 6.1: unknown openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.1
  flow_ node br0 "priority=100,ip,actions=resubmit(,20)"
  flow_ node br0 "table=20,priority=10,ip,in_port=20,actions=resubmit(,40)"
  flow_ node br0 "table=20,priority=10,ip,in_port=21,actions=output:20"
  flow_ node br0 "table=40,priority=10,ip,actions=output:21"
}
fault() { flow_ node br0 "table=40,cookie=0x40,priority=300,ip,nw_dst=10.81.1.2,actions=drop"; }
traffic() { asks a 10.81.1.2; told node; }
