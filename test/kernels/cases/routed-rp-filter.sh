# The router's route back to the sender leads by another device, and it checks that strictly.
# nodes: a r b
# fault: dropped reverse-path-filter
. /work/routed.sh
build() {
  routed 10.144
  address a lo 10.144.9.1/32
  ip_ r route add 10.144.9.1/32 via 10.144.1.1
  # The check refuses who asks for its link address, too.
  ip_ a neigh add 10.144.1.254 lladdr "$(mac r e0)" dev e0 nud permanent
}
fault() {
  in_ r sysctl -qw net.ipv4.conf.all.rp_filter=1
  ip_ r route change 10.144.9.1/32 via 10.144.2.1
}
traffic() { ping_ a -I 10.144.9.1 10.144.2.1; }
