# The two ends of a geneve tunnel have different ids, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.20.3
  ip_ a link add g0 type geneve id 7 remote 172.20.3.2
  ip_ b link add g0 type geneve id 7 remote 172.20.3.1
  ends
}
ends() {
  local node
  for node in a b; do ip_ $node link set g0 up; done
  address a g0 10.225.0.1/24
  address b g0 10.225.0.2/24
}
fault() {
  ip_ b link del g0
  ip_ a addr flush dev g0
  ip_ b link add g0 type geneve id 8 remote 172.20.3.1
  ends
}
traffic() { ping_ a 10.225.0.2; }
