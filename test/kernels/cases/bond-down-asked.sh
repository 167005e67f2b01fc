# The only device of the bond has lost its carrier: the other end is down, so that no question for its link address is answered.
# nodes: a b
# fault: dropped link-down
build() {
  ns a b
  veth a e0 b e0
  ip_ a link add bond0 type bond mode active-backup miimon 100
  ip_ a link set e0 down
  ip_ a link set e0 master bond0
  ip_ a link set bond0 up
  ip_ a link set e0 up
  address a bond0 10.232.0.1/24
  address b e0 10.232.0.2/24
}
fault() {
  ip_ a route add 10.232.0.2/32 dev bond0
  in_ a sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0
  ip_ b link set e0 down
}
traffic() { ping_ a 10.232.0.2; }
