# The route to the other end of a GRE tunnel is gone, so that what its device makes has no way.
# nodes: site-a transit site-b
# fault: dropped tunnel-endpoint-unreachable
build() {
  ns site-a transit site-b
  veth site-a wan transit t1
  veth transit t2 site-b wan
  address site-a wan 172.24.90.2/30
  address transit t1 172.24.90.1/30
  address transit t2 172.24.91.1/30
  address site-b wan 172.24.91.2/30
  forwards transit
  ip_ site-a route add 172.24.91.0/24 via 172.24.90.1
  ip_ site-b route add default via 172.24.91.1
  ip_ site-a link add gre-b type gre local 172.24.90.2 remote 172.24.91.2
  ip_ site-b link add gre-a type gre local 172.24.91.2 remote 172.24.90.2
  ip_ site-a link set gre-b up
  ip_ site-b link set gre-a up
  address site-a gre-b 10.177.90.1/30
  address site-b gre-a 10.177.90.2/30
}
fault() { ip_ site-a route del 172.24.91.0/24; }
traffic() { ping_ site-a 10.177.90.2; }
