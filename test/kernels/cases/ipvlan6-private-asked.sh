# Of IPv6: ipvlan in mode private keeps its devices from each other, so that no question for its link address is answered.
# nodes: host=host,one,two far
# fault: dropped macvlan-isolation
build() {
  ns host one two far
  veth host e0 far e0
  local name number=0
  for name in one two; do
    number=$((number + 1))
    ip_ host link add "i$number" link e0 type ipvlan mode l2
    ip_ host link set "i$number" netns "$RUN.$name"
    ip_ "$name" link set "i$number" up
    seen "$name" "i$number" "fd00:155::1$number/64"
  done
}
fault() { ip_ one link set i1 type ipvlan private; }
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ one fd00:155::12; }
