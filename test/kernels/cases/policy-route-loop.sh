# A router sends what has a type of service by another table, answers as well, which that table leads back to who sent them.
# nodes: a r b
# fault: dropped routing-loop
. /work/routed.sh
build() {
  routed 10.76
  veth r e2 b e2
  address r e2 10.76.3.254/24
  address b e2 10.76.3.1/24
  ip_ r route add default via 10.76.3.1 table 100
  ip_ r rule add iif e0 tos 0x10 table 100 pref 100
}
fault() { ip_ r rule add tos 0x10 table 100 pref 110; }
traffic() { ping_ a 10.76.2.1; ping_ a -Q 0x10 10.76.2.1; }
