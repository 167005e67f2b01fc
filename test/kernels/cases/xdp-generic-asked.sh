# A generic XDP program at the receiver's device drops all; the healthy one lets all pass, so that no question for its link address is answered.
# nodes: a b
# fault: dropped xdp-drop
build() {
  pair a b 10.244.0
  xdp b e0 xdpgeneric pass
}
fault() { xdp b e0 xdpgeneric drop; }
traffic() { ping_ a 10.244.0.2; }
