# The router has a route that prohibits what it is asked for, and answers so.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() { routed 10.142; }
fault() { ip_ r route add prohibit 10.142.2.1/32; }
traffic() { ping_ a 10.142.2.1; }
