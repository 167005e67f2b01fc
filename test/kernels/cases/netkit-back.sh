# The policy of the container's end of the netkit pair drops what it sends, so that questions arrive and answers don't.
# nodes: host=host,one
# fault: dropped traffic-control-drop
# without 6.1: netkit is of 6.7
# without 5.10: netkit is of 6.7
build() { devices forward; }
devices() {
  ns host one
  ip_ host link add nk0 type netkit mode l3 forward peer "$1" name nk1
  ip_ host link set nk1 netns "$RUN.one"
  ip_ host link set nk0 up
  ip_ one link set nk1 up
  address host nk0 10.140.11.1/24
  address one nk1 10.140.11.2/24
  listen one udp 5300
}
fault() {
  silence one
  ip_ host link del nk0
  ip netns del "$RUN.host"
  ip netns del "$RUN.one"
  devices blackhole
}
traffic() { ask host udp 10.140.11.2 5300; }
