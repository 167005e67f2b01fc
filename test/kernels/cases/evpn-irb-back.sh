# Two leaves route between their networks by a VNI of a VRF (symmetric IRB); the far one's VRF has lost its way back.
# nodes: left leaf1 leaf2 right
# fault: dropped route-blackhole
build() {
  modprobe vrf
  gateways 10.248 172.29.4
  local i
  for i in 1 2; do
    ip_ leaf$i link add red type vrf table 10
    ip_ leaf$i link set red up
    ip_ leaf$i route add unreachable default metric 4278198272 table 10
    ip_ leaf$i link add l3 type bridge
    ip_ leaf$i link add vx type vxlan id 4001 local 172.29.4.$i dstport 4789 nolearning
    ip_ leaf$i link set l3 address 02:00:00:00:48:0$i
    ip_ leaf$i link set vx master l3
    ip_ leaf$i link set l3 master red
    ip_ leaf$i link set l3 up
    ip_ leaf$i link set vx up
    ip_ leaf$i link set lan master red
  done
  toward leaf1 1 2
  toward leaf2 2 1
}
# gateways NETWORK UNDERLAY
gateways() {
  ns left leaf1 leaf2 right
  veth left e0 leaf1 lan
  veth leaf1 wan leaf2 wan
  veth leaf2 lan right e0
  address left e0 "$1.1.2/24"
  address leaf1 lan "$1.1.1/24"
  address leaf1 wan "$2.1/24"
  address leaf2 wan "$2.2/24"
  address leaf2 lan "$1.2.1/24"
  address right e0 "$1.2.2/24"
  forwards leaf1
  forwards leaf2
  ip_ left route add default via "$1.1.1"
  ip_ right route add default via "$1.2.1"
}
# toward NODE OWN OTHER
toward() {
  in_ $1 bridge fdb add 02:00:00:00:48:0$3 dev vx dst 172.29.4.$3 self static
  in_ $1 bridge fdb add 02:00:00:00:48:0$3 dev vx master static
  ip_ $1 neigh add 172.29.4.$3 lladdr 02:00:00:00:48:0$3 dev l3 nud permanent
  ip_ $1 route add 10.248.$3.0/24 via 172.29.4.$3 dev l3 onlink table 10
}
fault() { ip_ leaf2 route del 10.248.1.0/24 table 10; }
traffic() { ping_ left 10.248.2.2; }
