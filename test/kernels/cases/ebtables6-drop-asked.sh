# Of IPv6: ebtables drops on the bridge what comes from one guest's link address, so that no question for its link address is answered.
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
  seen g1 eth0 "fd00:157::1/64"
  seen g2 eth0 "fd00:157::2/64"
}
fault() { in_ host ebtables-nft -A FORWARD -s "$(mac g1 eth0)" -j DROP; }
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ g1 fd00:157::2; }
