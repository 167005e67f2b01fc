# The gateway's address has moved to another router, which told nobody: the host's neighbour entry is the old one's.
# nodes: sw a r1 r2 b
# fault: dropped frame-to-wrong-node
build() {
  ns sw a r1 r2 b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  local node
  for node in a r1 r2; do
    veth sw p$node $node e0
    ip_ sw link set p$node master br0
  done
  address a e0 10.79.1.10/24
  address r1 e0 10.79.1.2/24
  address r2 e0 10.79.1.3/24
  veth r2 e1 b e0
  address r2 e1 10.79.2.254/24
  address b e0 10.79.2.1/24
  forwards r2
  ip_ a route add default via 10.79.1.1
  ip_ b route add default via 10.79.2.254
  ip_ r1 addr add 10.79.1.1/32 dev e0
  in_ a ping -n -c 1 -W 2 10.79.1.1
  ip_ r1 addr del 10.79.1.1/32 dev e0
  ip_ r2 addr add 10.79.1.1/32 dev e0
  ip_ a neigh replace 10.79.1.1 lladdr "$(mac r2 e0)" dev e0 nud reachable
}
fault() { ip_ a neigh replace 10.79.1.1 lladdr "$(mac r1 e0)" dev e0 nud permanent; }
traffic() { ping_ a 10.79.2.1; }
