# pie has room for two packets behind a slow shaper, and more come at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: dropped no-listener
build() {
  pair a b 10.140.17
  listen b udp 9
  ip_ a neigh add 10.140.17.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: htb default 10
  tc_ a class add dev e0 parent 1: classid 1:10 htb rate 1gbit
  tc_ a qdisc add dev e0 parent 1:10 handle 10: pie limit 1000
}
fault() {
  tc_ a class change dev e0 parent 1: classid 1:10 htb rate 8kbit burst 1600
  tc_ a qdisc change dev e0 parent 1:10 handle 10: pie limit 2
}
traffic() { burst a 10.140.17.2 9 12; }
