# A bond takes its active link's address (fail_over_mac) and went to the other link; its neighbour has the first one's for good.
# nodes: a sw b
# fault: dropped bond-port-inactive
build() {
  modprobe bonding
  ns a sw b
  veth a e0 sw p1
  veth b n1 sw p2
  veth b n2 sw p3
  ip_ sw link add br0 type bridge
  local port
  for port in p1 p2 p3; do ip_ sw link set $port master br0; done
  ip_ sw link set br0 up
  ip_ b link add bond0 type bond mode active-backup miimon 100 fail_over_mac active
  for port in n1 n2; do
    ip_ b link set $port down
    ip_ b link set $port master bond0
  done
  ip_ b link set bond0 up
  ip_ b link set bond0 type bond active_slave n1
  address a e0 10.34.0.1/24
  address b bond0 10.34.0.2/24
  ip_ a neigh add 10.34.0.2 lladdr "$(mac b bond0)" dev e0 nud permanent
}
fault() { ip_ b link set bond0 type bond active_slave n2; }
traffic() { ping_ a 10.34.0.2; }
