# The router's next link takes less than what was sent with the order not to cut it.
# nodes: a r b
# fault: dropped mtu-exceeded
. /work/routed.sh
build() { routed 10.145; }
fault() { ip_ r link set e1 mtu 1300; }
traffic() { ping_ a -M do -s 1372 10.145.2.1; }
