# A flow drops IPv6's TCP to one port; its neighbours are known.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.7
  six a fd00:82::1/64
  six b fd00:82::2/64
  ip_ a neigh add fd00:82::2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add fd00:82::1 dev eth0 lladdr "$(mac a eth0)" nud permanent
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { flow_ node br0 "cookie=0x6,priority=300,icmp6,icmp_type=128,ipv6_dst=fd00:82::2,actions=drop"; }
traffic() { in_ a ping -6 -n -c 2 -i 0.3 -W 6 fd00:82::2 || true; told node; }
