# An XDP program at the receiver's device sends all to a device that is not there; the healthy one lets all pass.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 10.190.22
  xdp b e0 xdpdrv pass
}
fault() { xdp b e0 xdpdrv away; }
traffic() { ping_ a 10.190.22.2; }
