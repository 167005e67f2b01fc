# Flows of port security let a port ask and answer for its own address alone, and the pod has another one.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br-int -- set bridge br-int fail_mode=secure
  veth node tap-a a eth0
  veth node tap-b b eth0
  port node br-int tap-a 5
  port node br-int tap-b 6
  address a eth0 10.192.18.1/24
  address b eth0 10.192.18.2/24
  flow_ node br-int "table=0,priority=10,arp,in_port=5,actions=resubmit(,24)"
  flow_ node br-int "table=0,priority=10,arp,in_port=6,actions=resubmit(,24)"
  flow_ node br-int "table=24,priority=2,arp,in_port=5,arp_spa=10.192.18.1,actions=resubmit(,60)"
  flow_ node br-int "table=24,priority=2,arp,in_port=6,arp_spa=10.192.18.2,actions=resubmit(,60)"
  flow_ node br-int "table=24,priority=0,actions=drop"
  flow_ node br-int "table=0,priority=5,actions=resubmit(,60)"
  flow_ node br-int "table=60,priority=3,actions=NORMAL"
}
fault() {
  ip_ a addr del 10.192.18.1/24 dev eth0
  address a eth0 10.192.18.7/24
}
traffic() { asks a 10.192.18.2; told node; }
