# The vxlan was told of no other end for the receiver's link address, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-no-endpoint
build() {
  pair a b 172.21.2
  local node
  for node in a b; do ip_ $node link add vx0 type vxlan id 7 dstport 4789 nolearning local 172.21.2.$([ $node = a ] && echo 1 || echo 2); done
  joined_by vx0 10.250.2
  in_ a bridge fdb append "$(mac b vx0)" dev vx0 dst 172.21.2.2
  in_ b bridge fdb append "$(mac a vx0)" dev vx0 dst 172.21.2.1
}
fault() { in_ a bridge fdb del "$(mac b vx0)" dev vx0 dst 172.21.2.2; }
traffic() { ping_ a 10.250.2.2; }
