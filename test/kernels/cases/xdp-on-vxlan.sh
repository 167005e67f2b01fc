# A generic program of XDP on the receiver's vxlan device drops what came out of the tunnel; the healthy one lets all pass.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 172.26.1
  ip_ a link add vx0 type vxlan id 12 remote 172.26.1.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 12 remote 172.26.1.1 dstport 4789 dev e0
  joined_by vx0 10.223.1
  ip_ a neigh add 10.223.1.2 lladdr "$(mac b vx0)" dev vx0
  ip_ b neigh add 10.223.1.1 lladdr "$(mac a vx0)" dev vx0
  xdp b vx0 xdpgeneric pass
}
fault() { xdp b vx0 xdpgeneric drop; }
traffic() { ping_ a 10.223.1.2; }
