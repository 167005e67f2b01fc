# fq holds two packets of a flow, which it paces slowly, and more of it come at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  pair a b 10.190.16
  listen b udp 9
  ip_ a neigh add 10.190.16.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root fq
}
fault() { tc_ a qdisc change dev e0 root fq flow_limit 2 maxrate 8kbit; }
traffic() { burst a 10.190.16.2 9 12; }
