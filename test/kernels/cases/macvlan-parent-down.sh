# The device beneath the container's macvlan is down, so that the macvlan has no carrier.
# nodes: host=host,box far
# fault: dropped link-down
build() {
  ns host box far
  veth host eno1 far eth0
  ip_ host link add link eno1 name mv0 netns "$RUN.box" type macvlan mode bridge
  ip_ box link set mv0 up
  address box mv0 10.140.7.1/24
  address far eth0 10.140.7.2/24
  ip_ box neigh add 10.140.7.2 lladdr "$(mac far eth0)" dev mv0 nud permanent
  ip_ far neigh add 10.140.7.1 lladdr "$(mac box mv0)" dev eth0 nud permanent
}
fault() { ip_ host link set eno1 down; }
traffic() { ping_ box 10.140.7.2; }
