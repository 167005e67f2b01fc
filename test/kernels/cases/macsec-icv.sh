# The receiver's macsec was made for shorter check values (icvlen 8) than the sender's, so that it can read no frame.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  end a b 16
  end b a 16
  address a macsec0 10.44.3.1/24
  address b macsec0 10.44.3.2/24
  ip_ a neigh add 10.44.3.2 lladdr "$(mac b e0)" dev macsec0
}
# end NODE OTHER ICVLEN
end() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" link add link e0 macsec0 type macsec encrypt on icvlen "$3"
  ip_ "$1" macsec add macsec0 tx sa 0 pn 1 on key 01 "$KEY"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from" sa 0 pn 1 on key 01 "$KEY"
  ip_ "$1" link set macsec0 up
}
fault() {
  ip_ b link del macsec0
  end b a 8
  address b macsec0 10.44.3.2/24
}
traffic() { ping_ a 10.44.3.2; }
