# A generic program of XDP on the host's own device of a bridge drops what is for the host; what is bridged does not pass it.
# nodes: a host b
# fault: dropped xdp-drop
build() {
  ns a host b
  ip_ host link add br0 type bridge
  ip_ host link set br0 up
  veth a e0 host pa
  veth b e0 host pb
  ip_ host link set pa master br0
  ip_ host link set pb master br0
  address a e0 10.12.0.1/24
  address host br0 10.12.0.3/24
  address b e0 10.12.0.2/24
  local mac; mac=$(mac host br0)
  ip_ a neigh add 10.12.0.3 lladdr "$mac" dev e0
  ip_ host neigh add 10.12.0.1 lladdr "$(mac a e0)" dev br0
  xdp host br0 xdpgeneric pass
}
fault() { xdp host br0 xdpgeneric drop; }
traffic() { ping_ a 10.12.0.2; ping_ a 10.12.0.3; }
