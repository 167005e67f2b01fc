# An XDP program on the device below a VLAN drops all that comes by it.
# nodes: a b
# fault: dropped xdp-drop
build() {
  modprobe 8021q
  ns a b
  veth a e0 b e0
  local node own=1
  for node in a b; do
    ip_ $node link add link e0 name e0.40 type vlan id 40
    ip_ $node link set e0.40 up
    address $node e0.40 10.192.26.$own/24
    own=2
  done
  ip_ a neigh add 10.192.26.2 lladdr "$(mac b e0.40)" dev e0.40
  ip_ b neigh add 10.192.26.1 lladdr "$(mac a e0.40)" dev e0.40
  xdp b e0 xdpgeneric pass
}
fault() { xdp b e0 xdpgeneric drop; }
traffic() { ping_ a 10.192.26.2; }
