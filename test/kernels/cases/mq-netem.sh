# A device with two queues has a netem for each of them, and both lose everything.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  ns a b
  ip_ a link add e0 numtxqueues 2 type veth peer name e0 netns "$RUN.b"
  ip_ a link set e0 up
  ip_ b link set e0 up
  address a e0 10.140.19.1/24
  address b e0 10.140.19.2/24
  ip_ a neigh add 10.140.19.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: mq
  local band
  for band in 1 2; do tc_ a qdisc replace dev e0 parent "1:$band" handle "1$band:" netem delay 1ms; done
}
fault() {
  local band
  for band in 1 2; do tc_ a qdisc change dev e0 parent "1:$band" handle "1$band:" netem loss 100%; done
}
traffic() { ping_ a 10.140.19.2; }
