# IPv6 in SIT in vxlan in GRE: the ends of the vxlan, the middle one, have different VNIs.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  modprobe sit
  pair a b 172.29.7
  layers a 1 2 70
  layers b 2 1 70
}
# layers NODE OWN OTHER VNI
layers() {
  ip_ $1 link add g0 type gre local 172.29.7.$2 remote 172.29.7.$3
  ip_ $1 link set g0 up
  address $1 g0 172.29.8.$2/24
  ip_ $1 link add vx0 type vxlan id $4 remote 172.29.8.$3 local 172.29.8.$2 dstport 4789
  ip_ $1 link set vx0 address 02:00:00:00:70:0$2
  ip_ $1 link set vx0 up
  address $1 vx0 172.29.9.$2/24
  ip_ $1 neigh add 172.29.9.$3 lladdr 02:00:00:00:70:0$3 dev vx0
  ip_ $1 link add s0 type sit local 172.29.9.$2 remote 172.29.9.$3
  in_ $1 sysctl -qw net.ipv6.conf.s0.disable_ipv6=0 net.ipv6.conf.s0.accept_dad=0 net.ipv6.conf.s0.router_solicitations=0
  ip_ $1 link set s0 up
  ip_ $1 addr add fd00:62::$2/64 dev s0 nodad
}
fault() {
  ip_ b link del s0
  ip_ b link del vx0
  ip_ b link del g0
  layers b 2 1 71
}
traffic() { ping_ a fd00:62::2; }
