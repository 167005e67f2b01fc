# Of IPv6: netem at the root drops everything, so that no question for its link address is answered.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.202.0
  seen a e0 fd00:158::1/64
  seen b e0 fd00:158::2/64
  tc_ a qdisc add dev e0 root netem delay 1ms
}
fault() { tc_ a qdisc change dev e0 root netem loss 100%; }
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ a fd00:158::2; }
