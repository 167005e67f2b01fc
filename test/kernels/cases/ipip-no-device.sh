# The receiver of an IPIP tunnel expects another sender, so that it has no device for the packet.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  pair a b 172.20.5
  ip_ a link add t0 type ipip local 172.20.5.1 remote 172.20.5.2
  ip_ b link add t0 type ipip local 172.20.5.2 remote 172.20.5.1
  local node
  for node in a b; do ip_ $node link set t0 up; done
  address a t0 10.227.0.1/24
  address b t0 10.227.0.2/24
}
fault() { ip_ b link set t0 type ipip remote 172.20.5.77; }
traffic() { ping_ a 10.227.0.2; }
