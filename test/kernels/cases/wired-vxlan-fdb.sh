# The far machine's vxlan is told of no other end, so its answers go nowhere. Healthy: 256 KiB each way.
# nodes: a b
# far: b
# fault: dropped tunnel-no-endpoint
build() {
  wired a b 172.22.3
  local node
  for node in a b; do
    ip_ $node link add vx0 address 02:00:00:22:03:0$node type vxlan id 23 dstport 4789 dev e0 nolearning
  done
  in_ a bridge fdb append 02:00:00:22:03:0b dev vx0 dst 172.22.3.2
  in_ b bridge fdb append 02:00:00:22:03:0a dev vx0 dst 172.22.3.1
  joined_by vx0 10.222.3
  ip_ a neigh add 10.222.3.2 lladdr 02:00:00:22:03:0b dev vx0
  ip_ b neigh add 10.222.3.1 lladdr 02:00:00:22:03:0a dev vx0
  listen b bulk 5001
}
fault() { in_ b bridge fdb del 02:00:00:22:03:0a dev vx0 dst 172.22.3.1; }
traffic() { bulk a 10.222.3.2 5001 262144; }
