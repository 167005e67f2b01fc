# macsec goes through a vxlan, and the asker has another key for what comes back.
# nodes: a b
# fault: unknown macsec-refused
KEY=0123456789abcdef0123456789abcdef
build() {
  pair a b 172.29.5
  ip_ a link add vx0 type vxlan id 51 remote 172.29.5.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 51 remote 172.29.5.1 dstport 4789 dev e0
  local node other
  for node in a b; do ip_ $node link set vx0 up; done
  for node in a b; do
    other=b; [ $node = a ] || other=a
    ip_ $node link add link vx0 name sec type macsec encrypt on
    ip_ $node macsec add sec tx sa 0 pn 1 on key 01 "$KEY"
    ip_ $node macsec add sec rx port 1 address "$(mac $other vx0)"
    ip_ $node macsec add sec rx port 1 address "$(mac $other vx0)" sa 0 pn 1 on key 01 "$KEY"
  done
  joined_by sec 10.251.1
  ip_ a neigh add 10.251.1.2 lladdr "$(mac b sec)" dev sec
  ip_ b neigh add 10.251.1.1 lladdr "$(mac a sec)" dev sec
}
fault() {
  ip_ a macsec set sec rx port 1 address "$(mac b vx0)" sa 0 off
  ip_ a macsec del sec rx port 1 address "$(mac b vx0)" sa 0
  ip_ a macsec add sec rx port 1 address "$(mac b vx0)" sa 0 pn 1 on key 01 fedcba9876543210fedcba9876543210
}
traffic() { ping_ a 10.251.1.2; }
