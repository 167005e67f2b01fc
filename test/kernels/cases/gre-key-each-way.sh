# GRE has another key for each direction, as agreed; the far end's one for what comes is wrong.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  modprobe ip_gre
  pair a b 172.21.19
  ip_ a link add g1 type gre local 172.21.19.1 remote 172.21.19.2 ikey 7 okey 5
  ip_ b link add g1 type gre local 172.21.19.2 remote 172.21.19.1 ikey 5 okey 7
  joined_by g1 10.19.0
}
fault() { ip_ b link set g1 type gre local 172.21.19.2 remote 172.21.19.1 ikey 7 okey 7; }
traffic() { ping_ a 10.19.0.2; }
