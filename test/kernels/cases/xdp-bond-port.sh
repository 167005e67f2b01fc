# A generic program of XDP on the active port of a bond drops all that comes by it; the other port has none.
# nodes: a b
# fault: dropped xdp-drop
build() {
  modprobe bonding
  ns a b
  local n node
  for node in a b; do ip_ $node link add bond0 type bond mode active-backup miimon 100; done
  for n in 1 2; do
    ip_ a link add n$n type veth peer name n$n netns "$RUN.b"
    for node in a b; do
      ip_ $node link set n$n master bond0
      ip_ $node link set n$n up
    done
  done
  for node in a b; do
    ip_ $node link set bond0 up
    ip_ $node link set bond0 type bond active_slave n1
  done
  address a bond0 10.40.0.1/24
  address b bond0 10.40.0.2/24
  ip_ a neigh add 10.40.0.2 lladdr "$(mac b bond0)" dev bond0
  ip_ b neigh add 10.40.0.1 lladdr "$(mac a bond0)" dev bond0
  xdp b n1 xdpgeneric pass
}
fault() { xdp b n1 xdpgeneric drop; }
traffic() { ping_ a 10.40.0.2; }
