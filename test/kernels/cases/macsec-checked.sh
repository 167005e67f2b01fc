# The receiver's macsec has another key, and only counts what fails (validate check); then it refuses it.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 ms1 type macsec encrypt off validate check
    ip_ $node macsec add ms1 tx sa 0 pn 1 on key 01 "$KEY"
  done
  receives a b "$KEY"
  receives b a ffffffffffffffffffffffffffffffff
  address a ms1 10.172.0.1/24
  address b ms1 10.172.0.2/24
  for node in a b; do ip_ $node link set ms1 up; done
  ip_ a neigh add 10.172.0.2 lladdr "$(mac b e0)" dev ms1
}
# receives NODE FROM KEY
receives() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" macsec add ms1 rx port 1 address "$from"
  ip_ "$1" macsec add ms1 rx port 1 address "$from" sa 0 pn 1 on key 01 "$3"
}
fault() { ip_ b link set ms1 type macsec validate strict; }
traffic() { ping_ a 10.172.0.2; }
