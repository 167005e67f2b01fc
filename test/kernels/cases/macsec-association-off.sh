# The receiver's macsec has the association that comes in, with the right key, and it was switched off.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 macsec0 type macsec encrypt on
    ip_ $node macsec add macsec0 tx sa 0 pn 1 on key 01 "$KEY"
  done
  receives a b
  receives b a
  address a macsec0 10.140.9.1/24
  address b macsec0 10.140.9.2/24
  for node in a b; do ip_ $node link set macsec0 up; done
  ip_ a neigh add 10.140.9.2 lladdr "$(mac b e0)" dev macsec0 nud permanent
  ip_ b neigh add 10.140.9.1 lladdr "$(mac a e0)" dev macsec0 nud permanent
}
# receives NODE FROM
receives() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" macsec add macsec0 rx port 1 address "$from"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from" sa 0 pn 1 on key 01 "$KEY"
}
fault() { ip_ b macsec set macsec0 rx port 1 address "$(mac a e0)" sa 0 off; }
traffic() { ping_ a 10.140.9.2; }
