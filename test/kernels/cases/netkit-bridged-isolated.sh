# A container's netkit pair is a port of the host's bridge, isolated as the one to the network is.
# nodes: host=host,one far
# fault: dropped bridge-port-isolated
# without 6.1: netkit is of 6.7
build() {
  ns host one far
  ip_ host link add nk0 type netkit mode l2 forward peer forward name nk1
  ip_ host link set nk1 netns "$RUN.one"
  ip_ host link add br0 type bridge
  ip_ host link set br0 up
  ip_ host link set nk0 master br0
  ip_ host link set nk0 up
  veth host up0 far e0
  ip_ host link set up0 master br0
  ip_ one link set nk1 up
  address one nk1 10.235.1.1/24
  address far e0 10.235.1.2/24
  ip_ one neigh add 10.235.1.2 lladdr "$(mac far e0)" dev nk1
  ip_ far neigh add 10.235.1.1 lladdr "$(mac one nk1)" dev e0
}
fault() {
  in_ host bridge link set dev nk0 isolated on
  in_ host bridge link set dev up0 isolated on
}
traffic() { ping_ far 10.235.1.1; }
