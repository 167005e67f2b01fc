# A flow drops what the one pod asks; a mirror has a copy of it, and of all else.
# nodes: node=node,a,m b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.14
  ns m
  veth node pm m eth0
  port node br0 pm 22
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
  vs_ node -- --id=@m get port pm -- --id=@mirror create mirror name=watch select-all=true output-port=@m -- set bridge br0 mirrors=@mirror
}
fault() { flow_ node br0 "cookie=0x5,priority=300,icmp,icmp_type=8,in_port=20,actions=drop"; }
traffic() { asks a 10.83.14.2; told node; }
