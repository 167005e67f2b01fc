# An XDP program sends ICMP alone to a device that is not there; the healthy one lets all pass.
# nodes: a b
# fault: vanished xdp-drop
build() { pair a b 10.191.36; xdp b e0 xdpdrv pass; }
fault() { xdp b e0 xdpdrv away-icmp; }
traffic() { ping_ a 10.191.36.2; }
