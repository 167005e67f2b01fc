# A meter takes what is more than a packet a second.
# nodes: node=node,pod fabric
# fault: dropped openvswitch-drop
# fault on 6.1: unknown openvswitch-drop
. /work/ovs.sh
build() {
  sdn
  of_ node br0 add-meter "meter=7,pktps,burst,band=type=drop,rate=1000,burst_size=1000"
  flow_ node br0 "priority=300,icmp,nw_src=192.100.0.31,actions=meter:7,output:2"
  flow_ node br0 "priority=300,icmp,nw_dst=192.100.0.31,actions=output:3"
}
fault() { of_ node br0 mod-meter "meter=7,pktps,burst,band=type=drop,rate=1,burst_size=1"; }
traffic() { in_ pod ping -n -c 12 -i 0.05 -W 6 10.16.203.160 || true; told node; }
