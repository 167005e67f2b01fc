# An XDP program in the driver of the receiver's virtio device drops all; the healthy one lets all pass.
# nodes: a b
# far: b
# fault: dropped xdp-drop
# fault on 6.1: vanished xdp-drop
build() {
  wired a b 172.22.6
  # The ends of a wire are alike but for their machine, and a program that drops all answers no ARP.
  ip_ a neigh add 172.22.6.2 lladdr "${WIRE/00:00:01/00:00:02}" dev e0
  xdp b e0 xdpdrv pass
}
fault() { xdp b e0 xdpdrv drop; }
traffic() { ping_ a 172.22.6.2; }
