# An XDP program at the receiver's device fails on all, as a broken one does; the healthy one lets all pass.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 10.188.0
  ip_ a neigh add 10.188.0.2 lladdr "$(mac b e0)" dev e0
  xdp b e0 xdpdrv pass
}
fault() { xdp b e0 xdpdrv abort; }
traffic() { ping_ a 10.188.0.2; }
