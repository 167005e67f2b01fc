# The bridge's port to the asker neither learns nor is flooded to, and nobody has written where the asker is (any more).
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
  address a e0 10.233.1.1/24
  address b e0 10.233.1.2/24
  ip_ a neigh add 10.233.1.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.233.1.1 lladdr "$(mac a e0)" dev e0
  in_ sw bridge link set dev pa learning off flood off
  in_ sw bridge fdb add "$(mac a e0)" dev pa master static
}
fault() { in_ sw bridge fdb del "$(mac a e0)" dev pa master; }
traffic() { ping_ a 10.233.1.2; }
