# A bridge that answers ARP itself (neigh_suppress, as EVPN has it) tells a link address that the host has no more.
# nodes: one host two
# fault: dropped destination-mac-mismatch
build() {
  ns one host two
  ip_ host link add br0 type bridge
  ip_ host link set br0 up
  local name number=0
  for name in one two; do
    number=$((number + 1))
    veth "$name" e0 host "p$number"
    ip_ host link set "p$number" master br0
    address "$name" e0 "10.140.2.$number/24"
  done
  address host br0 10.140.2.254/24
  in_ host bridge link set dev p2 neigh_suppress on
  told "$(mac two e0)"
}
# told MAC: what the bridge has for the second host.
told() {
  in_ host bridge fdb replace "$1" dev p2 master static
  ip_ host neigh replace 10.140.2.2 lladdr "$1" dev br0 nud permanent
}
fault() { told 02:00:00:00:40:99; }
traffic() { ping_ one 10.140.2.2; }
