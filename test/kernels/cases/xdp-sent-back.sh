# An XDP program at the receiver's device sends all back by it, as it came; the healthy one lets all pass.
# nodes: a b
# fault: unknown
# fault on 6.1: vanished xdp-drop
# fault on 7.2: vanished xdp-drop
build() {
  pair a b 10.188.1
  ip_ a neigh add 10.188.1.2 lladdr "$(mac b e0)" dev e0
  xdp a e0 xdpdrv pass
  xdp b e0 xdpdrv pass
}
fault() { xdp b e0 xdpdrv back; }
traffic() { ping_ a 10.188.1.2; }
