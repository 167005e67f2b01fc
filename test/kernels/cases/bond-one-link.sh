# A bond of two links has lost one of them and goes by the other, which is then lost as well.
# nodes: a b
# fault: dropped link-down
build() {
  ns a b
  ip_ a link add uplink type bond mode active-backup miimon 50
  ip_ b link add name lan type bridge
  ip_ b link set lan up
  local port
  for port in p1 p2; do
    veth a $port b $port
    ip_ a link set $port down
    ip_ a link set $port master uplink
    ip_ b link set $port master lan
  done
  ip_ a link set uplink up
  address a uplink 10.166.0.1/24
  address b lan 10.166.0.2/24
  ip_ a neigh add 10.166.0.2 lladdr "$(mac b lan)" dev uplink nud permanent
  ip_ b link set p1 down
  sleep 1
}
fault() {
  ip_ b link set p2 down
  sleep 1
}
traffic() { ping_ a 10.166.0.2; }
