# The bridge's port to the host that is asked is locked and does not know it, so that no answer about its link address passes.
# nodes: sw a b
# fault: dropped bridge-port-blocked
build() {
  ns sw a b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  local node
  for node in a b; do
    veth sw p$node $node e0
    ip_ sw link set p$node master br0
  done
  address a e0 10.90.1.1/24
  address b e0 10.90.1.2/24
}
fault() { in_ sw bridge link set dev pb locked on learning off; }
traffic() { ping_ a -c 3 -i 1 -W 3 10.90.1.2; sleep 2; }
