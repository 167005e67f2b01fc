# geneve in vxlan in IPIP; the ends of the geneve have different ids.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() { pair a b 172.27.0; deep 33; }
fault() {
  ip_ b link del gn0
  ip_ b link add gn0 type geneve id 34 remote 10.239.1.1
  ip_ b link set gn0 up
  address b gn0 10.239.2.2/24
}
traffic() { ping_ a 10.239.2.2; }
deep() {
  local node own other
  for node in a b; do
    own=1 other=2
    [ $node = a ] || { own=2 other=1; }
    ip_ $node link add ti0 type ipip local 172.27.0.$own remote 172.27.0.$other
    ip_ $node link set ti0 up
    address $node ti0 10.239.0.$own/24
    ip_ $node link add vx0 type vxlan id 31 remote 10.239.0.$other dstport 4789
    ip_ $node link set vx0 up
    address $node vx0 10.239.1.$own/24
    ip_ $node link add gn0 type geneve id "$1" remote 10.239.1.$other
    ip_ $node link set gn0 up
    address $node gn0 10.239.2.$own/24
    ip_ $node link set gn0 address 02:00:00:39:00:0$own
    ip_ $node neigh add 10.239.2.$other lladdr 02:00:00:39:00:0$other dev gn0
  done
}
