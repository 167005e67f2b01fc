# The router has no route to the network that it is asked for.
# nodes: a r b
# fault: dropped no-route
. /work/routed.sh
build() {
  routed 10.140
  address b lo 10.140.9.1/32
  ip_ r route add 10.140.9.0/24 via 10.140.2.1
}
fault() { ip_ r route del 10.140.9.0/24; }
traffic() { ping_ a 10.140.9.1; }
