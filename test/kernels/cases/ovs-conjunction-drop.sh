# A firewall of conjunctive matches, as antrea writes them, lets some sources to some ports, and drops the rest.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.145.1
  flow_ node br0 "priority=100,ip,actions=resubmit(,60)"
  flow_ node br0 "table=60,priority=200,tcp,nw_src=10.145.1.1,actions=conjunction(7,1/2)"
  flow_ node br0 "table=60,priority=200,tcp,tp_dst=8080,actions=conjunction(7,2/2)"
  flow_ node br0 "table=60,priority=200,conj_id=7,ip,actions=resubmit(,70)"
  flow_ node br0 "table=60,priority=190,tcp,tp_src=8080,actions=resubmit(,70)"
  flow_ node br0 "table=60,cookie=0x60d,priority=100,ip,nw_dst=10.145.1.2,actions=drop"
  flow_ node br0 "table=70,ip,nw_dst=10.145.1.1,actions=output:20"
  flow_ node br0 "table=70,ip,nw_dst=10.145.1.2,actions=output:21"
  listen b tcp 8080
}
fault() { of_ node br0 del-flows "table=60,tcp,nw_src=10.145.1.1"; }
traffic() { ask a tcp 10.145.1.2 8080; told node; }
