# The bond watches its port by asking an address that nobody has (any more), so it takes it for down.
# nodes: a b
# fault: dropped link-down
build() {
  ns a b
  veth a e0 b e0
  ip_ a link add bond0 type bond mode active-backup arp_interval 200 arp_ip_target 10.190.5.2
  ip_ a link set e0 down
  ip_ a link set e0 master bond0
  ip_ a link set bond0 up
  address a bond0 10.190.5.1/24
  address b e0 10.190.5.2/24
  ip_ a neigh add 10.190.5.2 lladdr "$(mac b e0)" dev bond0
}
fault() { ip_ a link set bond0 type bond arp_ip_target 10.190.5.99; }
traffic() { ping_ a 10.190.5.2; }
