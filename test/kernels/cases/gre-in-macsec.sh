# GRE with a key between two ends that talk by macsec; the far GRE has another key.
# nodes: a b
# fault: dropped tunnel-id-mismatch
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  end a b 1 2
  end b a 2 1
}
# end NODE OTHER OWN FAR
end() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" link add link e0 macsec0 type macsec encrypt on
  ip_ "$1" macsec add macsec0 tx sa 0 pn 1 on key 01 "$KEY"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from" sa 0 pn 1 on key 01 "$KEY"
  ip_ "$1" link set macsec0 up
  address "$1" macsec0 "172.21.59.$3/24"
  ip_ "$1" link add g0 type gre local "172.21.59.$3" remote "172.21.59.$4" key 59
  ip_ "$1" link set g0 up
  address "$1" g0 "10.59.1.$3/24"
}
fault() {
  ip_ b link del g0
  ip_ b link add g0 type gre local 172.21.59.2 remote 172.21.59.1 key 60
  ip_ b link set g0 up
  address b g0 10.59.1.2/24
}
traffic() { ping_ a 10.59.1.2; }
