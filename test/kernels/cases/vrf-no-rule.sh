# The routing rule that sends what is in a VRF to its table is gone, and the main table has no way.
# nodes: tenant edge core
# fault: dropped neighbour-unresolved
build() {
  modprobe vrf
  ns tenant edge core
  veth tenant eth0 edge cust
  veth edge fab core eth0
  ip_ edge link add blue type vrf table 4001
  ip_ edge link set blue up
  ip_ edge link set cust master blue
  ip_ edge link set fab master blue
  address tenant eth0 10.191.7.2/30
  address edge cust 10.191.7.1/30
  address edge fab 10.191.8.1/30
  address core eth0 10.191.8.2/30
  forwards edge
  ip_ edge route add 198.51.100.0/24 via 10.191.8.2 table 4001
  address core lo 198.51.100.9/32
  ip_ tenant route add default via 10.191.7.1
  ip_ core route add default via 10.191.8.1
}
fault() { ip_ edge rule del pref 1000; }
traffic() { ping_ tenant 198.51.100.9; }
