# A router's route to a network has an MTU of its own, less than its device's, and what was sent may not be cut.
# nodes: a r b
# fault: dropped mtu-exceeded
. /work/routed.sh
build() { routed 10.240; }
fault() { ip_ r route replace 10.240.2.0/24 dev e1 src 10.240.2.254 mtu lock 900; }
traffic() { ping_ a -M do -s 1200 10.240.2.1; }
