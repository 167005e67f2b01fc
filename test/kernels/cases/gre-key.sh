# The two ends of a GRE tunnel have different keys, so the receiver has no device for the packet.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.20.1
  ip_ a link add g0 type gre local 172.20.1.1 remote 172.20.1.2 key 5
  ip_ b link add g0 type gre local 172.20.1.2 remote 172.20.1.1 key 5
  local node
  for node in a b; do ip_ $node link set g0 up; done
  address a g0 10.210.0.1/24
  address b g0 10.210.0.2/24
}
fault() { ip_ b link set g0 type gre key 6; }
traffic() { ping_ a 10.210.0.2; }
