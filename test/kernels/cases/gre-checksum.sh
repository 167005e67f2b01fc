# The receiver of a GRE tunnel wants checksums, and the sender's end computes none.
# nodes: a b
# fault: dropped tunnel-options-mismatch
build() {
  pair a b 172.20.32
  ip_ a link add g0 type gre local 172.20.32.1 remote 172.20.32.2 ocsum icsum
  ip_ b link add g0 type gre local 172.20.32.2 remote 172.20.32.1 ocsum icsum
  joined_by g0 10.180.7
}
fault() { ip_ a link set g0 type gre local 172.20.32.1 remote 172.20.32.2 noocsum icsum; }
traffic() { ping_ a 10.180.7.2; }
