# One vxlan carries all VLANs of the bridge, and the VLAN of these hosts has no VNI there, so that no question for its link address is answered.
# nodes: leaf1=leaf1,red leaf2=leaf2,blue
# fault: dropped tunnel-no-endpoint
build() {
  ns leaf1 red leaf2 blue
  veth leaf1 uplink leaf2 uplink
  address leaf1 uplink 172.22.20.1/24
  address leaf2 uplink 172.22.20.2/24
  fabric leaf1 red 172.22.20.1 172.22.20.2
  fabric leaf2 blue 172.22.20.2 172.22.20.1
  address red eth0 10.191.2.1/24
  address blue eth0 10.191.2.2/24
}
# fabric LEAF HOST OWN OTHER
fabric() {
  ip_ "$1" link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ "$1" link add vxlan48 type vxlan external dstport 4789 local "$3" nolearning
  ip_ "$1" link set vxlan48 master br0
  in_ "$1" bridge link set dev vxlan48 vlan_tunnel on
  in_ "$1" bridge vlan add dev vxlan48 vid 30
  in_ "$1" bridge vlan add dev vxlan48 vid 30 tunnel_info id 10030
  in_ "$1" bridge fdb append 00:00:00:00:00:00 dev vxlan48 dst "$4" src_vni 10030
  ip_ "$1" link set br0 up
  ip_ "$1" link set vxlan48 up
  veth "$1" "p-$2" "$2" eth0
  ip_ "$1" link set "p-$2" master br0
  in_ "$1" bridge vlan add dev "p-$2" vid 30 pvid untagged
}
fault() {
  in_ leaf1 bridge vlan del dev vxlan48 vid 30 tunnel_info id 10030
  in_ leaf1 bridge vlan add dev vxlan48 vid 30
}
traffic() { ping_ red 10.191.2.2; }
