# The sender's macsec went on to its next association, which the receiver was never given.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  ns a b
  veth a e0 b e0
  local node other
  for node in a b; do
    other=b; [ $node = a ] || other=a
    ip_ $node link add link e0 ms0 type macsec encrypt on
    ip_ $node macsec add ms0 tx sa 0 pn 1 on key 01 "$KEY"
    ip_ $node macsec add ms0 tx sa 1 pn 1 on key 01 "$KEY"
    ip_ $node macsec add ms0 rx port 1 address "$(mac $other e0)"
    ip_ $node macsec add ms0 rx port 1 address "$(mac $other e0)" sa 0 pn 1 on key 01 "$KEY"
  done
  address a ms0 10.192.24.1/24
  address b ms0 10.192.24.2/24
  for node in a b; do ip_ $node link set ms0 up; done
  ip_ a neigh add 10.192.24.2 lladdr "$(mac b e0)" dev ms0
}
fault() { ip_ a link set ms0 type macsec encodingsa 1; }
traffic() { ping_ a 10.192.24.2; }
