# A flow drops what a pod answers before it goes into the geneve tunnel; the questions come through it.
# nodes: node=node,pod peer
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node pod peer
  modprobe vport-geneve
  ovs node
  veth node u0 peer u0
  address node u0 172.31.84.1/24
  address peer u0 172.31.84.2/24
  vs_ node add-br br-int -- set bridge br-int fail_mode=secure
  veth node podif pod eth0
  ip_ pod link set eth0 address 02:00:00:00:84:01
  address pod eth0 10.177.85.1/24
  port node br-int podif 1
  port node br-int gnv0 2 type=geneve options:remote_ip=172.31.84.2 options:key=85
  ip_ peer link add gnv type geneve id 85 remote 172.31.84.1
  ip_ peer link set gnv address 02:00:00:00:84:02
  ip_ peer link set gnv up
  address peer gnv 10.177.85.2/24
  ip_ pod neigh add 10.177.85.2 dev eth0 lladdr 02:00:00:00:84:02 nud permanent
  ip_ peer neigh add 10.177.85.1 dev gnv lladdr 02:00:00:00:84:01 nud permanent
  flow_ node br-int "priority=50,in_port=1,actions=output:2"
  flow_ node br-int "priority=50,in_port=2,actions=output:1"
}
fault() { flow_ node br-int "cookie=0x84,priority=70,icmp,in_port=1,icmp_type=0,actions=drop"; }
traffic() { asks peer 10.177.85.1; told node; }
