# A router's route leads into a dummy device, as some write a route that is to drop.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() {
  modprobe dummy
  routed 10.67
  ip_ r link add null0 type dummy
  ip_ r link set null0 up
}
fault() { ip_ r route add 10.67.2.1/32 dev null0; }
traffic() { ping_ a 10.67.2.1; }
