# The vxlan's own packets go by a VRF, whose table has no way to the other end; the main table has one.
# nodes: pe1 core pe2
# fault: unknown tunnel-endpoint-unreachable
build() {
  modprobe vrf
  ns pe1 core pe2
  veth pe1 wan core c1
  veth core c2 pe2 wan
  address pe1 wan 172.22.41.1/30
  address core c1 172.22.41.2/30
  address core c2 172.22.41.5/30
  address pe2 wan 172.22.41.6/30
  forwards core
  ip_ pe2 route add default via 172.22.41.5
  ip_ pe1 link add under type vrf table 77
  ip_ pe1 link set under up
  ip_ pe1 link set wan master under
  ip_ pe1 route add 172.22.41.4/30 via 172.22.41.2 table 77
  ip_ pe1 link add vx type vxlan id 900 local 172.22.41.1 remote 172.22.41.6 dev under dstport 4789
  ip_ pe2 link add vx type vxlan id 900 local 172.22.41.6 remote 172.22.41.1 dstport 4789
  local node own=1
  for node in pe1 pe2; do
    ip_ $node link set vx address 02:00:00:00:41:0$own
    ip_ $node link set vx up
    address $node vx 10.192.1.$own/24
    own=2
  done
  ip_ pe1 neigh add 10.192.1.2 lladdr 02:00:00:00:41:02 dev vx
  ip_ pe2 neigh add 10.192.1.1 lladdr 02:00:00:00:41:01 dev vx
}
fault() {
  ip_ pe1 route del 172.22.41.4/30 table 77
  ip_ pe1 link add spare type dummy
  ip_ pe1 link set spare up
  ip_ pe1 route add 172.22.41.4/30 dev spare
}
traffic() { ping_ pe1 10.192.1.2; }
