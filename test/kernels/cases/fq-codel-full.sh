# fq_codel has room for two packets behind a slow shaper, and more come at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  pair a b 10.239.0
  listen b udp 9
  ip_ a neigh add 10.239.0.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: tbf rate 1gbit burst 100k latency 50ms
  tc_ a qdisc add dev e0 parent 1:1 handle 10: fq_codel limit 1000
}
fault() {
  tc_ a qdisc change dev e0 root handle 1: tbf rate 8kbit burst 1540 latency 60s
  tc_ a qdisc replace dev e0 parent 1:1 handle 20: fq_codel limit 2
}
traffic() { burst a 10.239.0.2 9 12; }
