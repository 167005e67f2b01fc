# A flow learns how answers go back, as controllers' tables do, and what it learns names a port that is not there.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.225.1
  learning 'output:NXM_OF_IN_PORT[]'
  flow_ node br0 "priority=100,in_port=21,actions=resubmit(,10)"
}
learning() { flow_ node br0 "priority=100,in_port=20,actions=learn(table=10,priority=50,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],$1),output:21"; }
fault() { learning 'load:0x63->NXM_NX_REG0[0..15]'; flow_ node br0 "table=10,priority=1,actions=drop"; }
traffic() { asks a 10.225.1.2; told node; }
