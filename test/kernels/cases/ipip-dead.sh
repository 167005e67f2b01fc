# The IPIP tunnel's other end is an address that nobody has.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.20.4
  ip_ a link add t0 type ipip local 172.20.4.1 remote 172.20.4.2
  ip_ b link add t0 type ipip local 172.20.4.2 remote 172.20.4.1
  local node
  for node in a b; do ip_ $node link set t0 up; done
  address a t0 10.226.0.1/24
  address b t0 10.226.0.2/24
}
fault() { ip_ a link set t0 type ipip remote 172.20.4.99; }
traffic() { ping_ a 10.226.0.2; }
