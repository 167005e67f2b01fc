# The receiver's vxlan for many networks has a list of the VNIs that it takes, and this one is not in it.
# nodes: spine rack
# fault: dropped tunnel-id-mismatch
# without 5.10: vnifilter is of 5.18
build() {
  pair spine rack 172.22.27
  ip_ spine link add vx0 type vxlan id 5001 local 172.22.27.1 remote 172.22.27.2 dstport 4789
  ip_ rack link add vxmany type vxlan external vnifilter local 172.22.27.2 dstport 4789
  ip_ rack link set vxmany up
  in_ rack bridge vni add dev vxmany vni 5001
  in_ rack bridge vni add dev vxmany vni 5003-5010
  ip_ rack link add br0 type bridge
  ip_ rack link set br0 up
  ip_ rack link set vxmany master br0
  ip_ rack link set br0 address 02:00:00:00:27:02
  ip_ spine link set vx0 address 02:00:00:00:27:01
  ip_ spine link set vx0 up
  address spine vx0 10.191.21.1/24
  address rack br0 10.191.21.2/24
  in_ rack bridge link set dev vxmany vlan_tunnel on
  ip_ spine neigh add 10.191.21.2 lladdr 02:00:00:00:27:02 dev vx0
  ip_ rack neigh add 10.191.21.1 lladdr 02:00:00:00:27:01 dev br0
  ip_ rack link set br0 type bridge vlan_filtering 1
  in_ rack bridge vlan add dev vxmany vid 1 pvid untagged
  in_ rack bridge vlan add dev vxmany vid 1 pvid untagged tunnel_info id 5001
  in_ rack bridge fdb add 02:00:00:00:27:01 dev vxmany dst 172.22.27.1 src_vni 5001
}
fault() { in_ rack bridge vni del dev vxmany vni 5001; }
traffic() { ping_ spine 10.191.21.2; }
