# switches NETWORK: pc and nas, NETWORK.1 and NETWORK.2, with three switches in a row between them (br0, ports p1 and p2).
switches() {
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
  address pc e0 "$1.1/24"
  address nas e0 "$1.2/24"
  ip_ pc neigh replace "$1.2" lladdr "$(mac nas e0)" dev e0
  ip_ nas neigh replace "$1.1" lladdr "$(mac pc e0)" dev e0
}
