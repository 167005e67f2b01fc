# The two ends of a gretap tunnel have different keys, so the receiver has no device for the frame, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.20.7
  ip_ a link add g1 type gretap local 172.20.7.1 remote 172.20.7.2 key 5
  ip_ b link add g1 type gretap local 172.20.7.2 remote 172.20.7.1 key 5
  local node
  for node in a b; do ip_ $node link set g1 up; done
  address a g1 10.229.0.1/24
  address b g1 10.229.0.2/24
}
fault() { ip_ b link set g1 type gretap key 6; }
traffic() { ping_ a 10.229.0.2; }
