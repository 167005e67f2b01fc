# cake shapes to a few bytes a second and has little memory, and more comes at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  pair a b 10.240.0
  listen b udp 9
  ip_ a neigh add 10.240.0.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root cake bandwidth 1gbit
}
fault() { tc_ a qdisc replace dev e0 root cake bandwidth 8kbit memlimit 4000; }
traffic() { burst a 10.240.0.2 9 12; }
