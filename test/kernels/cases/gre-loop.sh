# A route leads all into the GRE tunnel, what the tunnel sends to its other end as well.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.20.60
  ip_ a link add g0 type gre local 172.20.60.1 remote 172.20.60.2
  ip_ b link add g0 type gre local 172.20.60.2 remote 172.20.60.1
  joined_by g0 10.190.0
}
fault() { ip_ a route add 172.20.60.2/32 dev g0; }
traffic() { ping_ a 10.190.0.2; }
