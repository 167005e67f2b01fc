# The container's ipvlan is down, so that no question for its link address is answered.
# nodes: a host=host,one
# fault: dropped link-down
build() {
  ns a host one
  veth a e0 host e0
  address a e0 10.190.12.1/24
  ip_ host link add i1 link e0 type ipvlan mode l2
  ip_ host link set i1 netns "$RUN.one"
  ip_ one link set i1 up
  address one i1 10.190.12.11/24
}
fault() { ip_ one link set i1 down; }
traffic() { ping_ a 10.190.12.11; }
