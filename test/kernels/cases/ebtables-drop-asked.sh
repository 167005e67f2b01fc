# ebtables drops on the bridge what comes from one guest's link address, so that no question for its link address is answered.
# nodes: g1 host g2
# fault: dropped netfilter-drop
build() {
  ns g1 host g2
  ip_ host link add br-lan type bridge
  ip_ host link set br-lan up
  local name
  for name in g1 g2; do
    veth host "tap-$name" $name eth0
    ip_ host link set "tap-$name" master br-lan
  done
  address g1 eth0 10.192.17.1/24
  address g2 eth0 10.192.17.2/24
}
fault() { in_ host ebtables-nft -A FORWARD -s "$(mac g1 eth0)" -j DROP; }
traffic() { ping_ g1 10.192.17.2; }
