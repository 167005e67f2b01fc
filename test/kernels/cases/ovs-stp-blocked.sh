# Spanning tree blocks the second way between two bridges, and a flow sends by that one.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0 -- set bridge br0 stp_enable=true other_config:stp-priority=0x1000
  vs_ node add-br br1 -- set bridge br1 stp_enable=true other_config:stp-priority=0xf000
  local link
  for link in 1 2; do
    ip_ node link add "l$link" type veth peer name "m$link"
    ip_ node link set "l$link" up
    ip_ node link set "m$link" up
    port node br0 "l$link" "3$link"
    port node br1 "m$link" "3$link"
  done
  veth node pa a eth0
  veth node pb b eth0
  port node br0 pa 20
  port node br1 pb 21
  address a eth0 10.83.12.1/24
  address b eth0 10.83.12.2/24
  ip_ a neigh add 10.83.12.2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add 10.83.12.1 dev eth0 lladdr "$(mac a eth0)" nud permanent
  flow_ node br0 "priority=100,ip,in_port=20,actions=output:31"
  flow_ node br0 "priority=100,ip,in_port=31,actions=output:20"
  flow_ node br1 "priority=100,ip,actions=NORMAL"
}
fault() { flow_ node br0 "priority=100,ip,in_port=20,actions=output:32"; }
traffic() { vs_ node --columns=name,status list port || true; asks a 10.83.12.2; told node; }
