# Two sites' bridges are joined by a gretap that carries all VLANs, and the far one's port of it was never given this one.
# nodes: site1=site1,one site2=site2,two
# fault: dropped bridge-vlan-filtered
build() {
  ns site1 one site2 two
  veth site1 wan site2 wan
  address site1 wan 172.21.49.1/24
  address site2 wan 172.21.49.2/24
  site site1 one 1 2
  site site2 two 2 1
  ip_ one neigh add 10.49.1.2 lladdr "$(mac two e0)" dev e0
  ip_ two neigh add 10.49.1.1 lladdr "$(mac one e0)" dev e0
}
# site BRIDGE HOST OWN OTHER
site() {
  ip_ "$1" link add br0 type bridge vlan_filtering 1
  ip_ "$1" link set br0 up
  ip_ "$1" link add trunk type gretap local "172.21.49.$3" remote "172.21.49.$4"
  ip_ "$1" link set trunk master br0
  ip_ "$1" link set trunk up
  veth "$2" e0 "$1" access
  ip_ "$1" link set access master br0
  in_ "$1" bridge vlan add dev access vid 20 pvid untagged
  in_ "$1" bridge vlan del dev access vid 1
  in_ "$1" bridge vlan add dev trunk vid 20
  address "$2" e0 "10.49.1.$3/24"
}
fault() { in_ site2 bridge vlan del dev trunk vid 20; }
traffic() { ping_ one 10.49.1.2; }
