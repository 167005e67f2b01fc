# A host asks the container on an ipvlan of its own device, which does not hear the host's question.
# nodes: host=host,one far
# fault: dropped macvlan-isolation
build() {
  ns host one far
  veth host e0 far e0
  address far e0 10.180.11.9/24
  ip_ host link add i1 link e0 type ipvlan mode l2
  ip_ host link set i1 netns "$RUN.one"
  ip_ one link set i1 up
  address one i1 10.180.11.11/24
  ip_ host link add i0 link e0 type ipvlan mode l2
  ip_ host link set i0 up
  address host i0 10.180.11.1/24
}
fault() {
  ip_ host link del i0
  address host e0 10.180.11.1/24
}
traffic() { ping_ host 10.180.11.11; }
