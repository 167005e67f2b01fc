# A router's route uses a nexthop object, which was replaced by one that drops (blackhole).
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() {
  routed 10.241
  ip_ b addr add 10.241.9.9/32 dev lo
  ip_ r nexthop add id 17 via 10.241.2.1 dev e1
  ip_ r route add 10.241.9.0/24 nhid 17
}
fault() { ip_ r nexthop replace id 17 blackhole; }
traffic() { ping_ a 10.241.9.9; }
