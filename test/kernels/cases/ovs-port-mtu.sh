# The device of the port that the flow sends to has a smaller MTU than the packet.
# nodes: node=node,a b
# fault: dropped mtu-exceeded
. /work/ovs.sh
build() {
  behind 10.83.11
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { ip_ node link set pb mtu 1400; }
traffic() { asks a 10.83.11.2 -s 1450; told node; }
