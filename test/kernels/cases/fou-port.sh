# The two ends of a tunnel of IP in UDP (foo over UDP) use different ports, so nobody takes it.
# nodes: a b
# fault: refused no-listener
build() {
  modprobe -a fou ipip
  pair a b 172.20.63
  local node here=1 there=2
  for node in a b; do
    ip_ $node fou add port 5555 ipproto 4
    ip_ $node link add f0 type ipip local 172.20.63.$here remote 172.20.63.$there \
      encap fou encap-sport 5555 encap-dport 5555
    here=2 there=1
  done
  joined_by f0 10.190.13
}
fault() {
  ip_ b fou del port 5555
  ip_ b fou add port 5556 ipproto 4
}
traffic() { ping_ a 10.190.13.2; }
