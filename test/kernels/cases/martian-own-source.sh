# A host was given an address that is its router's own on the other side, so that the router takes it for forged.
# nodes: a r b
# fault: dropped martian-address
. /work/routed.sh
build() {
  routed 10.115
  address a lo 10.115.9.9/32
  ip_ r route add 10.115.9.9 via 10.115.1.1
}
fault() {
  ip_ r route del 10.115.9.9 via 10.115.1.1
  address r e1 10.115.9.9/32
}
traffic() { ping_ a -I 10.115.9.9 10.115.2.1; }
