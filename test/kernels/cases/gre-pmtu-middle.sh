# Between the ends of a GRE tunnel a router's next link takes less, and what the tunnel sends may not be cut.
# nodes: a r b
# fault: dropped mtu-exceeded
. /work/routed.sh
build() {
  routed 172.24
  ip_ a link add gre1 type gre local 172.24.1.1 remote 172.24.2.1
  ip_ b link add gre1 type gre local 172.24.2.1 remote 172.24.1.1
  joined_by gre1 10.216.1
}
fault() { ip_ r link set e1 mtu 1300; ip_ b link set e0 mtu 1300; }
traffic() { ping_ a -M do -s 1400 10.216.1.2; }
