# The netkit pair's policy drops what no program lets pass, and there is no program.
# nodes: host=host,one
# fault: dropped traffic-control-drop
# without 6.1: netkit is of 6.7
build() { devices forward; }
devices() {
  ns host one
  ip_ host link add nk0 type netkit mode l3 "$1" peer "$1" name nk1
  ip_ host link set nk1 netns "$RUN.one"
  ip_ host link set nk0 up
  ip_ one link set nk1 up
  address host nk0 10.234.0.1/24
  address one nk1 10.234.0.2/24
}
fault() {
  ip_ host link del nk0
  ip netns del "$RUN.host"
  ip netns del "$RUN.one"
  devices blackhole
}
traffic() { ping_ host 10.234.0.2; }
