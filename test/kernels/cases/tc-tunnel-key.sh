# tc gives the tunnel another VNI than its other end has, so that ARP dies there.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.23.0
  keyed 77
  ip_ b link add vx0 type vxlan id 77 remote 172.23.0.1 dstport 4789 dev e0
  joined_by vx0 10.233.0
}
fault() { tc_ a filter del dev vx0 egress; key 78; }
traffic() { ping_ a 10.233.0.2; }
# keyed ID: a vxlan of a that takes its key from tc.
keyed() {
  ip_ a link add vx0 type vxlan external dstport 4789
  tc_ a qdisc add dev vx0 clsact
  key "$1"
}
key() {
  tc_ a filter add dev vx0 egress matchall action tunnel_key set id "$1" src_ip 172.23.0.1 \
    dst_ip 172.23.0.2 dst_port 4789 nocsum
}
