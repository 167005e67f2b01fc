# An XDP program drops ICMP, of which nobody sends any; then all packets, TCP as well.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 10.175.0
  ip_ a neigh add 10.175.0.2 lladdr "$(mac b e0)" dev e0 nud permanent
  xdp b e0 xdpdrv drop-icmp
  listen b tcp 80
}
fault() { xdp b e0 xdpdrv drop; }
traffic() { ask a tcp 10.175.0.2 80; }
