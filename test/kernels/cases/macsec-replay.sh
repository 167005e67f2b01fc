# The receiver's macsec has seen higher packet numbers, as after the sender's restart, and takes these for a replay.
# nodes: a b
# fault: unknown macsec-refused
# fault on 6.1: unknown
# fault on 6.12: unknown
KEY=0123456789abcdef0123456789abcdef
build() { secured 1; }
# secured PN: with the first number that b takes.
secured() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 macsec0 type macsec encrypt on replay on window 0
    ip_ $node macsec add macsec0 tx sa 0 pn 1 on key 01 "$KEY"
  done
  receives a b 1
  receives b a "$1"
  address a macsec0 10.250.15.1/24
  address b macsec0 10.250.15.2/24
  for node in a b; do ip_ $node link set macsec0 up; done
  ip_ a neigh add 10.250.15.2 lladdr "$(mac b e0)" dev macsec0
}
# receives NODE FROM PN
receives() {
  local from; from=$(mac "$2" e0)
  ip_ "$1" macsec add macsec0 rx port 1 address "$from"
  ip_ "$1" macsec add macsec0 rx port 1 address "$from" sa 0 pn "$3" on key 01 "$KEY"
}
fault() { ip_ b macsec set macsec0 rx port 1 address "$(mac a e0)" sa 0 pn 100000; }
traffic() { ping_ a 10.250.15.2; }
