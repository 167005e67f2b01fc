# tc sends the tunnel's packets to an end that no route leads to, so that ARP dies at the device.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.24.0
  ip_ a link add vx0 type vxlan external dstport 4789
  tc_ a qdisc add dev vx0 clsact
  remote 172.24.0.2
  ip_ b link add vx0 type vxlan id 77 remote 172.24.0.1 dstport 4789 dev e0
  joined_by vx0 10.234.0
}
fault() { tc_ a filter del dev vx0 egress; remote 172.25.9.9; }
traffic() { ping_ a 10.234.0.2; }
remote() {
  tc_ a filter add dev vx0 egress matchall action tunnel_key set id 77 src_ip 172.24.0.1 \
    dst_ip "$1" dst_port 4789 nocsum
}
