# A router on a stick: the flow sends back by the port that it came by, by number, which sends nothing.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0 -- set bridge br0 fail_mode=secure
  ip_ node link add sw type bridge
  ip_ node link set sw up
  ip_ node link add pu type veth peer name su
  ip_ node link set pu up
  ip_ node link set su up
  ip_ node link set su master sw
  local name
  for name in a b; do
    veth node "s$name" $name eth0
    ip_ node link set "s$name" master sw
  done
  port node br0 pu 20
  ip_ a link set eth0 address 02:00:00:83:08:01
  ip_ b link set eth0 address 02:00:00:83:08:02
  address a eth0 10.83.8.1/24
  address b eth0 10.83.9.1/24
  ip_ a route add default via 10.83.8.254
  ip_ b route add default via 10.83.9.254
  ip_ a neigh add 10.83.8.254 dev eth0 lladdr 02:00:00:83:08:fe nud permanent
  ip_ b neigh add 10.83.9.254 dev eth0 lladdr 02:00:00:83:08:fe nud permanent
  in_ node bridge fdb add 02:00:00:83:08:fe dev su master static
  flow_ node br0 "priority=100,ip,nw_dst=10.83.9.1,actions=set_field:02:00:00:83:08:fe->eth_src,set_field:02:00:00:83:08:02->eth_dst,dec_ttl,in_port"
  flow_ node br0 "priority=100,ip,nw_dst=10.83.8.1,actions=set_field:02:00:00:83:08:fe->eth_src,set_field:02:00:00:83:08:01->eth_dst,dec_ttl,in_port"
}
fault() { flow_ node br0 "priority=200,ip,in_port=20,nw_dst=10.83.9.1,actions=set_field:02:00:00:83:08:fe->eth_src,set_field:02:00:00:83:08:02->eth_dst,dec_ttl,output:20"; }
traffic() { asks a 10.83.9.1; told node; }
