# A router sends what has a type of service by another table, whose route refuses; all else goes by the main table.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() {
  routed 10.212
  veth r e2 b e2
  address r e2 10.212.3.254/24
  address b e2 10.212.3.1/24
  ip_ r rule add iif e0 tos 0x10 table 100 pref 100
  ip_ r route add default via 10.212.3.1 table 100
}
fault() { ip_ r route replace unreachable default metric 5 table 100; ip_ r route del default via 10.212.3.1 table 100; }
traffic() { ping_ a 10.212.2.1; ping_ a -Q 0x10 10.212.2.1; }
