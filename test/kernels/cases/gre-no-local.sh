# The address that the sender's GRE tunnel sends from is not the machine's any more; a route leads to the other end.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.25.25
  address a e0 172.25.25.11/24
  ip_ a link add g1 type gre local 172.25.25.11 remote 172.25.25.2 key 9
  ip_ b link add g1 type gre local 172.25.25.2 remote 172.25.25.11 key 9
  joined_by g1 10.140.25
}
fault() { ip_ a addr del 172.25.25.11/24 dev e0; }
traffic() { ping_ a 10.140.25.2; }
