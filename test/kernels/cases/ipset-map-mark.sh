# A set gives each source a mark by which a router's rule chooses the table; this one's refuses.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() {
  routed 10.54
  in_ r ipset create ways hash:net skbinfo
  in_ r ipset add ways 10.54.1.0/24 skbmark 0x7
  in_ r iptables -t mangle -A PREROUTING -j SET --map-set ways src --map-mark
  ip_ r rule add fwmark 0x7 table 70
  ip_ r route add 10.54.2.0/24 via 10.54.2.1 table 70
}
fault() { ip_ r route replace prohibit 10.54.2.0/24 table 70; ip_ r route del 10.54.2.0/24 via 10.54.2.1 table 70 || true; }
traffic() { ping_ a 10.54.2.1; }
