# nft hands frames on at the device's ingress, from one port to the other (fwd), and that port's link is down.
# nodes: a mid b
# fault: dropped link-down
build() {
  modprobe nft_fwd_netdev
  ns a mid b
  veth a e0 mid left
  veth mid right b e0
  address a e0 10.56.1.1/24
  address b e0 10.56.1.2/24
  ip_ a neigh add 10.56.1.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.56.1.1 lladdr "$(mac a e0)" dev e0
  in_ mid nft -f - <<'N'
table netdev wire {
  chain in-left { type filter hook ingress device "left" priority 0; fwd to "right"; }
  chain in-right { type filter hook ingress device "right" priority 0; fwd to "left"; }
}
N
}
fault() { ip_ mid link set right down; }
traffic() { ping_ a 10.56.1.2; }
