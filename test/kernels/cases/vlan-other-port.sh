# The bridge's two ports are in different VLANs, so nobody is asked and nothing is bridged.
# nodes: host=host,one,two
# fault: dropped bridge-vlan-filtered
build() {
  ns host one two
  ip_ host link add br0 type bridge vlan_filtering 1
  ip_ host link set br0 up
  local name number=0
  for name in one two; do
    number=$((number + 1))
    veth "$name" e0 host "p$number"
    ip_ host link set "p$number" master br0
    address "$name" e0 "10.221.0.$number/24"
  done
}
fault() {
  in_ host bridge vlan del dev p2 vid 1
  in_ host bridge vlan add dev p2 vid 20 pvid untagged
}
traffic() { ping_ one 10.221.0.2; }
