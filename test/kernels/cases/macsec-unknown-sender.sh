# The sender's device was replaced and has another link address, for which the receiver's macsec has no channel.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  ends a b
}
ends() {
  local node other
  for node in a b; do
    other=b; [ $node = a ] || other=a
    ip_ $node link add link e0 name sec type macsec encrypt on
    ip_ $node macsec add sec tx sa 0 pn 1 on key 01 "$KEY"
    ip_ $node macsec add sec rx port 1 address "$(mac $other e0)"
    ip_ $node macsec add sec rx port 1 address "$(mac $other e0)" sa 0 pn 1 on key 01 "$KEY"
  done
  address a sec 10.191.29.1/24
  address b sec 10.191.29.2/24
  for node in a b; do ip_ $node link set sec up; done
  ip_ a neigh add 10.191.29.2 lladdr "$(mac b e0)" dev sec
}
fault() {
  ip_ b macsec del sec rx port 1 address "$(mac a e0)"
  ip_ b macsec add sec rx port 1 address 02:00:00:00:99:99
  ip_ b macsec add sec rx port 1 address 02:00:00:00:99:99 sa 0 pn 1 on key 01 "$KEY"
}
traffic() { ping_ a 10.191.29.2; }
