# ARP is answered by flows of the bridge, as SDNs do it; the answer that they make for one pod has another's link address.
# nodes: node=node,a b
# fault: dropped destination-mac-mismatch
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0 -- set bridge br0 fail_mode=secure
  veth node pa a eth0
  veth node pb b eth0
  port node br0 pa 20
  port node br0 pb 21
  address a eth0 10.75.1.1/24
  address b eth0 10.75.1.2/24
  answered 1 "$(mac a eth0)"
  answered 2 "$(mac b eth0)"
  flow_ node br0 "priority=100,ip,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,ip,in_port=21,actions=output:20"
}
# answered NUMBER MAC
answered() {
  flow_ node br0 "priority=200,arp,arp_op=1,arp_tpa=10.75.1.$1,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:$2->eth_src,set_field:2->arp_op,move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],set_field:$2->arp_sha,move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],set_field:10.75.1.$1->arp_spa,in_port"
}
fault() { answered 2 02:00:00:00:75:99; }
traffic() { asks a 10.75.1.2; told node; }
