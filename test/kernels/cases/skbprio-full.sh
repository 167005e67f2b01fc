# skbprio has room for two packets behind a slow shaper, and more come at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  modprobe sch_skbprio
  pair a b 10.28.0
  ip_ a neigh add 10.28.0.2 lladdr "$(mac b e0)" dev e0
  listen b udp 9
  tc_ a qdisc add dev e0 root handle 1: tbf rate 100mbit burst 20k latency 50ms
  tc_ a qdisc add dev e0 parent 1:1 handle 10: skbprio limit 1000
}
fault() {
  tc_ a qdisc change dev e0 root handle 1: tbf rate 100kbit burst 2k latency 50ms
  tc_ a qdisc change dev e0 parent 1:1 handle 10: skbprio limit 2
}
traffic() { burst a 10.28.0.2 9 30; }
