# A bond sends by its two links in turn, and the other end of the second one is no member of the bond there.
# nodes: a b
# fault: dropped destination-mac-mismatch
build() {
  ns a b
  local node port number=0
  for port in p1 p2; do veth a $port b $port; done
  for node in a b; do
    number=$((number + 1))
    ip_ $node link add trunk type bond mode balance-rr miimon 100
    for port in p1 p2; do
      ip_ $node link set $port down
      ip_ $node link set $port master trunk
    done
    ip_ $node link set trunk up
    for port in p1 p2; do ip_ $node link set $port up; done
    address $node trunk "10.140.4.$number/24"
  done
  ip_ a neigh add 10.140.4.2 lladdr "$(mac b trunk)" dev trunk nud permanent
  ip_ b neigh add 10.140.4.1 lladdr "$(mac a trunk)" dev trunk nud permanent
  sleep 1
}
fault() {
  ip_ b link set p2 nomaster
  ip_ b link set p2 address 02:00:00:00:04:99
  ip_ b link set p2 up
}
traffic() { in_ a ping -n -c 4 -i 0.3 -W 1 10.140.4.2 || true; }
