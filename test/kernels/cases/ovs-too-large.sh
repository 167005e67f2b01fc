# A flow asks how large the packet is, as OVN does before a smaller link, and drops what is too large.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.145.3
  checked 2000
  flow_ node br0 "table=0,priority=90,ip,in_port=21,actions=output:20"
  flow_ node br0 "table=1,priority=100,ip,reg0=0x1/0x1,actions=drop"
  flow_ node br0 "table=1,priority=50,ip,actions=output:21"
}
checked() {
  flow_ node br0 "table=0,priority=100,ip,in_port=20,actions=check_pkt_larger($1)->NXM_NX_REG0[0],resubmit(,1)"
}
fault() { checked 1000; }
traffic() { asks a 10.145.3.2 -s 1200; told node; }
