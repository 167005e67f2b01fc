# The receiver checks by its routes what the IPIP tunnel brings, and its route back leads elsewhere.
# nodes: a b
# fault: dropped reverse-path-filter
build() {
  pair a b 172.20.31
  local node
  ip_ a link add t0 type ipip local 172.20.31.1 remote 172.20.31.2
  ip_ b link add t0 type ipip local 172.20.31.2 remote 172.20.31.1
  for node in a b; do ip_ $node link set t0 up; done
  address a t0 10.180.5.1/32
  address b t0 10.180.6.2/32
  ip_ a route add 10.180.6.2 dev t0 src 10.180.5.1
  ip_ b route add 10.180.5.1 dev t0 src 10.180.6.2
  in_ b sysctl -qw net.ipv4.conf.t0.rp_filter=1
}
fault() { ip_ b route replace 10.180.5.1 via 172.20.31.1 dev e0; }
traffic() { ping_ a 10.180.6.2; }
