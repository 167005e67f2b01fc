# netem delays each packet, and has room for fewer than come in that time.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  pair a b 10.185.0
  listen b udp 9
  ip_ a neigh add 10.185.0.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root netem delay 100ms
}
fault() { tc_ a qdisc change dev e0 root netem delay 100ms limit 2; }
traffic() { burst a 10.185.0.2 9 12; }
