# A generic XDP program at the asker's own device drops ICMP, so that the answers die; healthy it passes.
# nodes: a b
# fault: dropped xdp-drop
build() { pair a b 10.161.0; xdp a e0 xdpgeneric pass; }
fault() { xdp a e0 xdpgeneric drop-icmp; }
traffic() { ping_ a 10.161.0.2; }
