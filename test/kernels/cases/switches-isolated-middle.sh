# Three switches in a row; both ports of the middle one are isolated.
# nodes: pc sw1 sw2 sw3 nas
# fault: dropped bridge-port-isolated
build() {
  ns pc sw1 sw2 sw3 nas
  veth pc e0 sw1 p1
  veth sw1 p2 sw2 p1
  veth sw2 p2 sw3 p1
  veth sw3 p2 nas e0
  local sw port
  for sw in sw1 sw2 sw3; do
    ip_ $sw link add br0 type bridge
    for port in p1 p2; do ip_ $sw link set $port master br0; done
    ip_ $sw link set br0 up
  done
  address pc e0 10.91.2.1/24
  address nas e0 10.91.2.2/24
  ip_ pc neigh replace 10.91.2.2 lladdr "$(mac nas e0)" dev e0
  ip_ nas neigh replace 10.91.2.1 lladdr "$(mac pc e0)" dev e0
}
fault() {
  in_ sw2 bridge link set dev p1 isolated on
  in_ sw2 bridge link set dev p2 isolated on
}
traffic() { ping_ pc 10.91.2.2; }
