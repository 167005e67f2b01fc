# A host asks the container on a macvlan of its own device, which the two never do.
# nodes: host=host,one far
# fault: dropped macvlan-isolation
# besides: unanswered macvlan-isolation
build() {
  ns host one far
  veth host e0 far e0
  address far e0 10.250.14.9/24
  ip_ host link add m1 link e0 type macvlan mode bridge
  ip_ host link set m1 netns "$RUN.one"
  ip_ one link set m1 up
  address one m1 10.250.14.11/24
  ip_ host link add m0 link e0 type macvlan mode bridge
  ip_ host link set m0 up
  address host m0 10.250.14.1/24
}
fault() {
  ip_ host link del m0
  address host e0 10.250.14.1/24
}
traffic() { ping_ host 10.250.14.11; }
