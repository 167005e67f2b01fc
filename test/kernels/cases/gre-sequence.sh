# The receiver of a GRE tunnel takes numbered packets alone, and the sender's end numbers none.
# nodes: a b
# fault: dropped tunnel-options-mismatch
build() {
  pair a b 172.20.33
  ip_ a link add g0 type gre local 172.20.33.1 remote 172.20.33.2 oseq iseq
  ip_ b link add g0 type gre local 172.20.33.2 remote 172.20.33.1 oseq iseq
  joined_by g0 10.180.8
}
fault() { ip_ a link set g0 type gre local 172.20.33.1 remote 172.20.33.2 nooseq iseq; }
traffic() { ping_ a 10.180.8.2; }
