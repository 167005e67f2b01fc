# The router has a route that drops what it is asked for.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() { routed 10.141; }
fault() { ip_ r route add blackhole 10.141.2.1/32; }
traffic() { ping_ a 10.141.2.1; }
