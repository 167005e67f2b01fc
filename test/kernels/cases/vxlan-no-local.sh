# The address that the sender's vxlan sends from is not the machine's any more; a route leads to the other end.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.25.24
  address a e0 172.25.24.11/24
  local node
  ip_ a link add vx0 type vxlan id 24 local 172.25.24.11 remote 172.25.24.2 dstport 4789
  ip_ b link add vx0 type vxlan id 24 local 172.25.24.2 remote 172.25.24.11 dstport 4789
  ip_ a link set vx0 address 02:00:00:00:24:01
  ip_ b link set vx0 address 02:00:00:00:24:02
  joined_by vx0 10.140.24
  ip_ a neigh add 10.140.24.2 lladdr 02:00:00:00:24:02 dev vx0
  ip_ b neigh add 10.140.24.1 lladdr 02:00:00:00:24:01 dev vx0
}
fault() { ip_ a addr del 172.25.24.11/24 dev e0; }
traffic() { ping_ a 10.140.24.2; }
