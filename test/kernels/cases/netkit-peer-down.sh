# The container's end of the netkit pair is down.
# nodes: host=host,one
# fault: dropped link-down
# without 6.1: netkit is of 6.7
build() {
  ns host one
  ip_ host link add nk0 type netkit mode l3 forward peer forward name nk1
  ip_ host link set nk1 netns "$RUN.one"
  ip_ host link set nk0 up
  ip_ one link set nk1 up
  address host nk0 10.190.14.1/24
  address one nk1 10.190.14.2/24
}
fault() { ip_ one link set nk1 down; }
traffic() { ping_ host 10.190.14.2; }
