# Somebody wrote the host's link address into the switch's table without saying "static", by which it is the switch's own.
# nodes: a sw b
# fault: dropped destination-mac-mismatch
build() {
  ns a sw b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  local node number=0
  for node in a b; do
    number=$((number + 1))
    veth $node e0 sw "to-$node"
    ip_ sw link set "to-$node" master br0
    address $node e0 "10.44.1.$number/24"
  done
  in_ sw bridge fdb replace "$(mac b e0)" dev to-b master static
}
fault() { in_ sw bridge fdb replace "$(mac b e0)" dev to-b master; }
traffic() { ping_ a 10.44.1.2; }
