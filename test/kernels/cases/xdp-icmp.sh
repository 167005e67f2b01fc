# An XDP program in the driver of the receiver's device drops ICMP alone; the healthy one lets all pass.
# nodes: a b
# fault: dropped xdp-drop
build() { pair a b 10.191.35; xdp b e0 xdpdrv pass; }
fault() { xdp b e0 xdpdrv drop-icmp; }
traffic() { ping_ a 10.191.35.2; }
