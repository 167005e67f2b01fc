# A route gives the tunnel its other end, and nothing leads there, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.20.8
  ip_ a link add vx0 type vxlan external dstport 4789
  ip_ b link add vx0 type vxlan id 7 remote 172.20.8.1 dstport 4789
  ip_ b link set vx0 address 02:00:00:00:08:02
  ip_ a link set vx0 address 02:00:00:00:08:01
  local node
  for node in a b; do ip_ $node link set vx0 up; done
  address a vx0 10.241.0.1/32
  address b vx0 10.241.0.2/24
  ip_ a route add 10.241.0.2/32 encap ip id 7 dst 172.20.8.2 dev vx0
}
fault() {
  ip_ a route replace 10.241.0.2/32 encap ip id 7 dst 192.0.2.9 dev vx0
}
traffic() { ping_ a 10.241.0.2; }
