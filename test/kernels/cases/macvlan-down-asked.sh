# The container's macvlan is down, so that no question for its link address is answered.
# nodes: a host=host,one
# fault: dropped link-down
build() {
  ns a host one
  veth a e0 host e0
  address a e0 10.190.11.1/24
  ip_ host link add m1 link e0 type macvlan mode bridge
  ip_ host link set m1 netns "$RUN.one"
  ip_ one link set m1 up
  address one m1 10.190.11.11/24
}
fault() { ip_ one link set m1 down; }
traffic() { ping_ a 10.190.11.11; }
