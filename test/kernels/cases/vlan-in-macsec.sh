# A VLAN goes through macsec, and the receiver has no device for it (any more); what is encrypted is not seen.
# nodes: a b
# fault: dropped vlan-unknown
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  local node other
  for node in a b; do
    other=b; [ $node = a ] || other=a
    ip_ $node link add link e0 name sec type macsec encrypt on
    ip_ $node macsec add sec tx sa 0 pn 1 on key 01 "$KEY"
    ip_ $node macsec add sec rx port 1 address "$(mac $other e0)"
    ip_ $node macsec add sec rx port 1 address "$(mac $other e0)" sa 0 pn 1 on key 01 "$KEY"
    ip_ $node link set sec up
    ip_ $node link add link sec name sec.40 type vlan id 40
  done
  joined_by sec.40 10.222.1
  ip_ a neigh add 10.222.1.2 lladdr "$(mac b sec.40)" dev sec.40
}
fault() { ip_ b link del sec.40; }
traffic() { ping_ a 10.222.1.2; }
