# The sender's macsec has no association that it may send by: the one that it has was switched off.
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
  receives a b
  receives b a
  address a macsec0 10.250.33.1/24
  address b macsec0 10.250.33.2/24
  for node in a b; do ip_ $node link set macsec0 up; done
  ip_ a neigh add 10.250.33.2 lladdr "$(mac b e0)" dev macsec0
}
# receives NODE FROM
receives() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" macsec add macsec0 rx port 1 address "$from"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from" sa 0 pn 1 on key 01 "$KEY"
}
fault() { ip_ a macsec set macsec0 tx sa 0 off; }
traffic() { ping_ a 10.250.33.2; }
