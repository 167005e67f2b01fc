# A flow addresses the frames to a link address that the pod does not have (any more).
# nodes: node=node,a b
# fault: dropped destination-mac-mismatch
. /work/ovs.sh
build() {
  behind 10.83.3
  flow_ node br0 "priority=100,in_port=20,actions=set_field:$(mac b eth0)->eth_dst,output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { flow_ node br0 "priority=200,ip,in_port=20,actions=set_field:0a:00:00:00:00:99->eth_dst,output:21"; }
traffic() { asks a 10.83.3.2; told node; }
