# choke drops when its short queue behind a slow shaper is full, and packets of the same flow that it meets there.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  modprobe sch_choke
  pair a b 10.57.1
  listen b udp 9
  ip_ a neigh add 10.57.1.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: tbf rate 1gbit burst 100k latency 50ms
  tc_ a qdisc add dev e0 parent 1:1 handle 10: choke limit 1000 bandwidth 1gbit min 200 max 600
}
fault() {
  tc_ a qdisc change dev e0 root handle 1: tbf rate 8kbit burst 1540 latency 60s
  tc_ a qdisc replace dev e0 parent 1:1 handle 20: choke limit 3 bandwidth 8kbit min 1 max 2
}
traffic() { burst a 10.57.1.2 9 12; }
