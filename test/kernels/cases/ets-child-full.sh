# A band of ets has a short queue of its own, behind a slow shaper, and more of its traffic comes at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: dropped no-listener, refused no-listener
build() {
  pair a b 10.140.18
  listen b udp 9
  ip_ a neigh add 10.140.18.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: tbf rate 1gbit burst 100k limit 1m
  tc_ a qdisc add dev e0 parent 1:1 handle 10: ets bands 3 strict 1 quanta 3000 1500 priomap 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2
  tc_ a qdisc add dev e0 parent 10:3 handle 30: pfifo limit 1000
}
fault() {
  tc_ a qdisc change dev e0 root handle 1: tbf rate 8kbit burst 1540 limit 1m
  tc_ a qdisc change dev e0 parent 10:3 handle 30: pfifo limit 2
}
traffic() { burst a 10.140.18.2 9 12; }
