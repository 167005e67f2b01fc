# A customer's GRE tunnel of two gateways is in a VRF, its own packets outside of it; the far VRF has no way back and refuses.
# nodes: left gw1 gw2 right
# fault: dropped route-blackhole
. /work/gateways.sh
build() {
  modprobe vrf
  gateways 10.47 172.21.47
  local node own=1 other=2 far=2
  for node in gw1 gw2; do
    ip_ $node link add red type vrf table 10
    ip_ $node link set red up
    ip_ $node link set lan master red
    ip_ $node link add g0 type gre local 172.21.47.$own remote 172.21.47.$other key 47
    ip_ $node link set g0 master red
    ip_ $node link set g0 up
    ip_ $node route add unreachable default metric 4278198272 table 10
    ip_ $node route add 10.47.$far.0/24 dev g0 table 10
    own=2 other=1 far=1
  done
}
fault() { ip_ gw2 route del 10.47.1.0/24 dev g0 table 10; }
traffic() { ping_ left 10.47.2.2; }
