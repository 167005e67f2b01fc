# A route gives a GRE device for many tunnels another key than the receiver's tunnel has.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.25.22
  ip_ a link add g1 type gre external
  ip_ b link add g1 type gre local 172.25.22.2 remote 172.25.22.1 key 31
  local node
  for node in a b; do ip_ $node link set g1 up; done
  address a g1 10.140.22.1/32
  address b g1 10.140.22.2/24
  ip_ a route add 10.140.22.2/32 encap ip id 31 dst 172.25.22.2 key dev g1
}
fault() { ip_ a route replace 10.140.22.2/32 encap ip id 32 dst 172.25.22.2 key dev g1; }
traffic() { ping_ a 10.140.22.2; }
