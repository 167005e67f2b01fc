# A vxlan forbids that its packets are cut (df), and a router between its ends has a link of 1400.
# nodes: a r b
# fault: dropped mtu-exceeded
. /work/routed.sh
build() {
  routed 10.108
  ip_ a link add vx0 type vxlan id 8 local 10.108.1.1 remote 10.108.2.1 dstport 4789 df set
  ip_ b link add vx0 type vxlan id 8 local 10.108.2.1 remote 10.108.1.1 dstport 4789 df set
  joined_by vx0 10.108.8
}
fault() {
  ip_ r link set e1 mtu 1400
  ip_ b link set e0 mtu 1400
}
traffic() { ping_ a -s 1400 10.108.8.2; }
