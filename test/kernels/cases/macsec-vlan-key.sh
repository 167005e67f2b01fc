# macsec over a device of a VLAN: the receiver has another key for what comes in.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 e0.44 type vlan id 44
    ip_ $node link set e0.44 up
    ip_ $node link add link e0.44 macsec0 type macsec encrypt on
    ip_ $node macsec add macsec0 tx sa 0 pn 1 on key 01 "$KEY"
  done
  receives a b "$KEY"
  receives b a "$KEY"
  address a macsec0 10.140.10.1/24
  address b macsec0 10.140.10.2/24
  for node in a b; do ip_ $node link set macsec0 up; done
  ip_ a neigh add 10.140.10.2 lladdr "$(mac b e0)" dev macsec0 nud permanent
  ip_ b neigh add 10.140.10.1 lladdr "$(mac a e0)" dev macsec0 nud permanent
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
traffic() { ping_ a 10.140.10.2; }
