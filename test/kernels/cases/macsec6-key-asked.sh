# Of IPv6: the receiver's macsec has another key, so that nobody answers who asks for its link address.
# nodes: a b
# fault: dropped macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 macsec0 type macsec encrypt on
    ip_ $node macsec add macsec0 tx sa 0 pn 1 on key 01 "$KEY"
  done
  receives a b "$KEY"
  receives b a "$KEY"
  seen a macsec0 "fd00:152::1/64"
  seen b macsec0 "fd00:152::2/64"
  for node in a b; do ip_ $node link set macsec0 up; done
}
# receives NODE FROM KEY
receives() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" macsec add macsec0 rx port 1 address "$from"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from" sa 0 pn 1 on key 01 "$3"
}
fault() {
  local from; from=$(mac a e0)
  ip_ b macsec set macsec0 rx port 1 address "$from" sa 0 off
  ip_ b macsec del macsec0 rx port 1 address "$from" sa 0
  ip_ b macsec add macsec0 rx port 1 address "$from" sa 0 pn 1 on key 01 ffffffffffffffffffffffffffffffff
}
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ a fd00:152::2; }
