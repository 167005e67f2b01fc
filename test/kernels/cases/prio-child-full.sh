# A child of prio has room for one packet behind a slow shaper, and more come at once.
# nodes: a b
# fault: dropped queue-overflow
build() {
  pair a b 10.247.0
  listen b udp 9
  ip_ a neigh add 10.247.0.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: prio
  tc_ a qdisc add dev e0 parent 1:3 handle 30: tbf rate 1gbit burst 100k limit 1m
  tc_ a filter add dev e0 parent 1: protocol ip u32 match ip dst 10.247.0.2 classid 1:3
}
fault() { tc_ a qdisc replace dev e0 parent 1:3 handle 31: tbf rate 8kbit burst 1540 limit 600; }
traffic() { burst a 10.247.0.2 9 12; }
