# The router's VRF has a way neither to the destination nor back to the asker, whom it can't tell so.
# nodes: kunde edge core
# fault: dropped no-route
build() {
  modprobe vrf
  ns kunde edge core
  veth kunde uplink edge cust-12
  veth edge fab0 core eth0
  ip_ edge link add vrf-12 type vrf table 2012
  ip_ edge link set vrf-12 up
  ip_ edge link set cust-12 master vrf-12
  ip_ edge link set fab0 master vrf-12
  address kunde uplink 10.150.0.2/30
  address kunde lo 10.150.9.1/32
  address edge cust-12 10.150.0.1/30
  address edge fab0 10.150.1.1/30
  address core eth0 10.150.1.2/30
  address core lo 10.150.8.1/32
  forwards edge
  ip_ edge route add 10.150.8.0/24 via 10.150.1.2 table 2012
  ip_ edge route add 10.150.9.0/24 via 10.150.0.2 table 2012
  ip_ kunde route add default via 10.150.0.1 src 10.150.9.1
  ip_ core route add default via 10.150.1.1
}
fault() {
  ip_ edge route del 10.150.8.0/24 table 2012
  ip_ edge route del 10.150.9.0/24 table 2012
}
traffic() { ping_ kunde 10.150.8.1; }
