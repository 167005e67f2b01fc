# The bridge's table has the other one's link address at a port where somebody else is.
# nodes: node=node,a b c
# fault: dropped destination-mac-mismatch
. /work/ovs.sh
build() {
  behind 10.190.8
  ns c
  veth node pc c eth0
  port node br0 pc 22
  address c eth0 10.190.8.3/24
  flow_ node br0 "priority=0,actions=NORMAL"
}
fault() { app_ node fdb/add br0 pc 0 "$(mac b eth0)"; }
traffic() { asks a 10.190.8.2; told node; }
