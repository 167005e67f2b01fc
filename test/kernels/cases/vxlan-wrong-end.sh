# The sender's entry for the link address names the wrong one of two other ends.
# nodes: w1 fabric w2 w3
# fault: dropped tunnel-endpoint-wrong
build() {
  local node number=1
  ns w1 fabric w2 w3
  ip_ fabric link add br0 type bridge
  ip_ fabric link set br0 up
  for node in w1 w2 w3; do
    veth fabric "f$number" $node eth0
    ip_ fabric link set "f$number" master br0
    address $node eth0 172.22.29.$number/24
    ip_ $node link add flannel.1 type vxlan id 1 local 172.22.29.$number dev eth0 dstport 8472 nolearning
    ip_ $node link set flannel.1 address 02:00:00:00:29:0$number
    ip_ $node link set flannel.1 up
    address $node flannel.1 10.191.23.$number/24
    number=$((number + 1))
  done
  ip_ w1 neigh add 10.191.23.2 lladdr 02:00:00:00:29:02 dev flannel.1
  ip_ w2 neigh add 10.191.23.1 lladdr 02:00:00:00:29:01 dev flannel.1
  in_ w1 bridge fdb add 02:00:00:00:29:02 dev flannel.1 dst 172.22.29.2
  in_ w2 bridge fdb add 02:00:00:00:29:01 dev flannel.1 dst 172.22.29.1
}
fault() { in_ w1 bridge fdb replace 02:00:00:00:29:02 dev flannel.1 dst 172.22.29.3; }
traffic() { ping_ w1 10.191.23.2; }
