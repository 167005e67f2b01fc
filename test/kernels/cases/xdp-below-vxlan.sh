# A program of XDP in the driver beneath a vxlan drops all; the healthy one drops ICMP, of which none comes but inside.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 172.29.6
  ip_ a link add vx0 type vxlan id 61 remote 172.29.6.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 61 remote 172.29.6.1 dstport 4789 dev e0
  joined_by vx0 10.61.1
  ip_ a neigh add 10.61.1.2 lladdr "$(mac b vx0)" dev vx0
  ip_ b neigh add 10.61.1.1 lladdr "$(mac a vx0)" dev vx0
  ip_ a neigh add 172.29.6.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 172.29.6.1 lladdr "$(mac a e0)" dev e0
  xdp b e0 xdpdrv drop-icmp
}
fault() { xdp b e0 xdpdrv drop; }
traffic() { ping_ a 10.61.1.2; }
