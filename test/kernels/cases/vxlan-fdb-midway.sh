# The sender's vxlan is told a wrong other end for the link address while two hosts talk.
# nodes: a sw b c
# fault: dropped tunnel-endpoint-wrong
build() {
  ns a sw b c
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  local i=1 node
  for node in a b c; do
    veth $node e0 sw p$node
    ip_ sw link set p$node master br0
    address $node e0 172.27.3.$i/24
    ip_ $node link add vx0 type vxlan id 33 local 172.27.3.$i dstport 4789 nolearning
    ip_ $node link set vx0 up
    address $node vx0 10.133.0.$i/24
    i=$((i+1))
  done
  in_ a bridge fdb append 00:00:00:00:00:00 dev vx0 dst 172.27.3.2
  in_ b bridge fdb append 00:00:00:00:00:00 dev vx0 dst 172.27.3.1
  in_ a bridge fdb replace "$(mac b vx0)" dev vx0 dst 172.27.3.2
  in_ b bridge fdb replace "$(mac a vx0)" dev vx0 dst 172.27.3.1
  ip_ a neigh replace 10.133.0.2 lladdr "$(mac b vx0)" dev vx0
  ip_ b neigh replace 10.133.0.1 lladdr "$(mac a vx0)" dev vx0
}
fault() { touch "/tmp/$RUN.late"; }
traffic() {
  ping_ a 10.133.0.2
  if [ -e "/tmp/$RUN.late" ]; then in_ a bridge fdb replace "$(mac b vx0)" dev vx0 dst 172.27.3.3; fi
  ping_ a -c 3 10.133.0.2
}
