# Incident I1 with br-int as a true Open vSwitch: the pod's vxlan has another MAC than the pod.
# nodes: worker=worker,pod vm=vm,podns
# fault: dropped destination-mac-mismatch
. /work/ovs.sh
build() {
  ns worker pod vm podns
  ovs worker
  vs_ worker add-br br-int
  port worker br-int ovn-k8s-mp0 1 type=internal
  veth worker pod0 pod eth0
  ip_ pod link set eth0 address 0a:58:0a:84:02:2e
  address pod eth0 10.132.2.46/23
  port worker br-int pod0 2
  veth worker eth0 vm eth0
  address worker eth0 192.168.10.163/24
  address vm eth0 192.168.10.201/24
  ip_ worker link add vxlan1 type vxlan id 555005 remote 192.168.10.201 dstport 4789 local 192.168.10.163
  ip_ worker link set vxlan1 netns "$RUN.pod"
  ip_ pod link set vxlan1 up
  ip_ vm link add vxlan0 type vxlan id 555005 remote 192.168.10.163 dstport 4789 local 192.168.10.201
  ip_ vm link set vxlan0 netns "$RUN.podns"
  ip_ podns link set vxlan0 address 0a:58:0a:84:02:2e
  ip_ podns link set vxlan0 up
  address podns vxlan0 10.132.2.46/23
  local from to
  for from in eth0 vxlan1; do
    to=vxlan1; [ $from = eth0 ] || to=eth0
    tc_ pod qdisc add dev $from ingress
    tc_ pod filter add dev $from parent ffff: protocol all matchall action mirred egress redirect dev $to
  done
  ip_ worker link set ovn-k8s-mp0 up
  address worker ovn-k8s-mp0 10.132.2.2/23
  ip_ worker neigh add 10.132.2.46 dev ovn-k8s-mp0 lladdr 0a:58:0a:84:02:2e nud reachable
  of_ worker br-int del-flows
  # As OVN does: the controller's own answer says who has the pod's address.
  flow_ worker br-int "priority=200,arp,arp_op=1,arp_tpa=10.132.2.46,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],mod_dl_src:0a:58:0a:84:02:2e,load:0x2->NXM_OF_ARP_OP[],move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],load:0x0a580a84022e->NXM_NX_ARP_SHA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],load:0x0a84022e->NXM_OF_ARP_SPA[],in_port"
  flow_ worker br-int "priority=100,in_port=1,actions=output:2"
  flow_ worker br-int "priority=100,in_port=2,actions=output:1"
}
fault() { ip_ podns link set vxlan0 address 7e:e5:f7:e6:f5:1a; }
traffic() { asks worker 10.132.2.46; told worker; }
