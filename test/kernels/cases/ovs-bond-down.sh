# No member of the bond has a carrier: both other ends are down.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  vs_ node add-br br0
  veth node pa a eth0
  port node br0 pa 20
  ip_ b link add sw type bridge
  ip_ b link set sw address 02:00:00:83:0d:02
  ip_ b link set sw up
  local link
  for link in 1 2; do
    veth node "u$link" b "e$link"
    ip_ b link set "e$link" master sw
  done
  vs_ node add-bond br0 bond0 u1 u2 bond_mode=active-backup
  address a eth0 10.83.13.1/24
  address b sw 10.83.13.2/24
  ip_ a neigh add 10.83.13.2 dev eth0 lladdr 02:00:00:83:0d:02 nud permanent
  ip_ b neigh add 10.83.13.1 dev sw lladdr "$(mac a eth0)" nud permanent
}
fault() { ip_ b link set e1 down; ip_ b link set e2 down; }
traffic() { asks a 10.83.13.2; told node; }
