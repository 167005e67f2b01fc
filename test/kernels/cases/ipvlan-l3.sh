# ipvlan in mode l3 answers no ARP, and the far host has no route that says who has its address.
# nodes: host=host,one far
# fault: dropped neighbour-unresolved
# besides: unanswered neighbour-unresolved
build() {
  ns host one far
  veth host e0 far e0
  address host e0 10.250.12.1/24
  address far e0 10.250.12.2/24
  ip_ host link add i1 link e0 type ipvlan mode l3
  ip_ host link set i1 netns "$RUN.one"
  ip_ one link set i1 up
  address one i1 10.250.13.1/32
  ip_ one route add default dev i1
  ip_ far route add 10.250.13.1/32 via 10.250.12.1
}
fault() { ip_ far route replace 10.250.13.1/32 dev e0; }
traffic() { ping_ one 10.250.12.2; }
