# A GRE tunnel goes through wireguard; the far end of the GRE was made with another key.
# nodes: a b
# fault: dropped tunnel-id-mismatch
. /work/wireguard.sh
build() {
  guarded 172.24.83 10.177.83
  grown a 1 2 500
  grown b 2 1 500
}
# grown NODE OWN OTHER KEY
grown() {
  ip_ "$1" link add gre9 type gre local 10.177.83.$2 remote 10.177.83.$3 key "$4"
  ip_ "$1" link set gre9 up
  address "$1" gre9 10.177.84.$2/24
}
fault() {
  ip_ b link del gre9
  grown b 2 1 501
}
traffic() { ping_ a 10.177.84.2; }
