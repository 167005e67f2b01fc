# The container behind an ipvlan has another address than the sender asks for (any more).
# nodes: a host=host,one
# fault: dropped destination-mac-mismatch
build() {
  ns a host one
  veth a e0 host e0
  address a e0 10.190.10.1/24
  ip_ host link add i1 link e0 type ipvlan mode l2
  ip_ host link set i1 netns "$RUN.one"
  ip_ one link set i1 up
  address one i1 10.190.10.11/24
  ip_ a neigh add 10.190.10.11 lladdr "$(mac host e0)" dev e0
}
fault() {
  ip_ one addr del 10.190.10.11/24 dev i1
  address one i1 10.190.10.12/24
}
traffic() { ping_ a 10.190.10.11; }
