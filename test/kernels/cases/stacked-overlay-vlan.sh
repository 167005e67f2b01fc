# geneve over a VLAN over a bond; the switch between lost the VLAN on the port of who asks.
# nodes: n1 tor n2
# fault: dropped bridge-vlan-filtered
build() {
  ns n1 tor n2
  local i node
  ip_ tor link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ tor link set br0 up
  for i in 1 2; do
    node=n$i
    ip_ $node link add bond0 type bond mode active-backup miimon 100
    veth $node m0 tor p$i
    ip_ $node link set m0 down
    ip_ $node link set m0 master bond0
    ip_ $node link set m0 up
    ip_ $node link set bond0 up
    ip_ $node link add bond0.70 link bond0 type vlan id 70
    ip_ $node link set bond0.70 up
    address $node bond0.70 172.31.7.$i/24
    ip_ tor link set p$i master br0
    in_ tor bridge vlan add dev p$i vid 70
  done
  ip_ n1 link add gnv7 type geneve id 7 remote 172.31.7.2
  ip_ n2 link add gnv7 type geneve id 7 remote 172.31.7.1
  for i in 1 2; do
    ip_ n$i link set gnv7 up
    address n$i gnv7 10.91.7.$i/24
  done
  ip_ n1 neigh replace 10.91.7.2 lladdr "$(mac n2 gnv7)" dev gnv7
  ip_ n2 neigh replace 10.91.7.1 lladdr "$(mac n1 gnv7)" dev gnv7
  ip_ n1 neigh replace 172.31.7.2 lladdr "$(mac n2 bond0.70)" dev bond0.70
  ip_ n2 neigh replace 172.31.7.1 lladdr "$(mac n1 bond0.70)" dev bond0.70
}
fault() { in_ tor bridge vlan del dev p2 vid 70; }
traffic() { ping_ n2 10.91.7.1; }
