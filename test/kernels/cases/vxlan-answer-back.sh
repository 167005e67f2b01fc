# The far end of a vxlan has a wrong other end for what it sends, so that nobody gets its answer about its link address.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.30.7
  ip_ a link add vx0 type vxlan id 91 remote 172.30.7.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 91 remote 172.30.7.1 dstport 4789 dev e0 nolearning
  joined_by vx0 10.91.1
}
fault() {
  ip_ b link del vx0
  ip_ b link add vx0 type vxlan id 91 remote 172.30.7.9 dstport 4789 dev e0 nolearning
  ip_ b link set vx0 up
  address b vx0 10.91.1.2/24
}
traffic() { ping_ a -c 3 -i 1 -W 3 10.91.1.2; sleep 4; }
