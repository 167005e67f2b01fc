# Two hosts on one switch have the same link address, as clones of one machine do; the wrong one spoke last.
# nodes: a sw b c
# fault: dropped destination-mac-mismatch
build() {
  ns a sw b c
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  local host
  for host in a b c; do
    veth $host e0 sw p$host
    ip_ sw link set p$host master br0
  done
  address a e0 10.106.0.1/24
  address b e0 10.106.0.2/24
  address c e0 10.106.0.3/24
}
fault() {
  ip_ c link set e0 address "$(mac b e0)"
  ip_ a neigh replace 10.106.0.2 lladdr "$(mac b e0)" dev e0
}
traffic() {
  ping_ c 10.106.0.1
  ping_ a 10.106.0.2
}
