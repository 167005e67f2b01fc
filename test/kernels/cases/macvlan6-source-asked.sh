# Of IPv6: macvlan in mode source takes what listed senders send; the sender is not in its list (any more), so that no question for its link address is answered.
# nodes: a host=host,one
# fault: dropped macvlan-isolation
build() {
  ns a host one
  veth a e0 host e0
  seen a e0 "fd00:154::1/64"
  ip_ host link add m1 link e0 type macvlan mode source
  ip_ host link set m1 type macvlan macaddr add "$(mac a e0)"
  ip_ host link set m1 netns "$RUN.one"
  ip_ one link set m1 up
  seen one m1 "fd00:154::11/64"
}
fault() { ip_ one link set m1 type macvlan macaddr flush; }
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ a fd00:154::11; }
