# A switch with spanning tree learns first (forward delay) what is behind a port whose link has just come back.
# nodes: a sw b
# fault: dropped bridge-port-blocked
build() {
  ns a sw b
  ip_ sw link add br0 type bridge stp_state 1 forward_delay 400
  ip_ sw link set br0 up
  local node number=0
  for node in a b; do
    number=$((number + 1))
    veth $node e0 sw "to-$node"
    ip_ sw link set "to-$node" master br0
    address $node e0 "10.44.2.$number/24"
  done
  ip_ a neigh replace 10.44.2.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh replace 10.44.2.1 lladdr "$(mac a e0)" dev e0
  sleep 10
}
fault() { touch "/tmp/$RUN.flaps"; }
traffic() {
  if [ -e "/tmp/$RUN.flaps" ]; then
    ip_ sw link set to-b down
    ip_ sw link set to-b up
  fi
  ping_ a 10.44.2.2
}
