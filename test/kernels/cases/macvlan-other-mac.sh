# The container's macvlan was given another link address, and its neighbour still has the old one for good.
# nodes: client host=host,box
# fault: dropped destination-mac-mismatch
build() {
  ns client host box
  veth client eth0 host eno1
  ip_ host link add link eno1 name mv0 netns "$RUN.box" type macvlan mode bridge
  ip_ box link set mv0 address 02:00:00:00:42:01
  ip_ box link set mv0 up
  address client eth0 10.192.2.1/24
  address box mv0 10.192.2.2/24
  ip_ client neigh add 10.192.2.2 lladdr 02:00:00:00:42:01 dev eth0 nud permanent
}
fault() {
  ip_ box link set mv0 down
  ip_ box link set mv0 address 02:00:00:00:42:02
  ip_ box link set mv0 up
}
traffic() { ping_ client 10.192.2.2; }
