# An XDP program in the driver of the receiver's device drops all; the healthy one lets all pass, so that no question for its link address is answered.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 10.245.0
  xdp b e0 xdpdrv pass
}
fault() { xdp b e0 xdpdrv drop; }
traffic() { ping_ a 10.245.0.2; sleep 3; }
