# red begins to drop at a queue of two packets, behind a slow shaper, and more come at once.
# nodes: a b
# fault: dropped queue-overflow
build() {
  pair a b 10.191.26
  listen b udp 9
  tc_ a qdisc add dev e0 root handle 1: tbf rate 10mbit burst 5k latency 10s
  tc_ a qdisc add dev e0 parent 1:1 handle 10: red limit 100000 min 20000 max 60000 avpkt 1000 burst 40
}
fault() {
  tc_ a qdisc del dev e0 root
  tc_ a qdisc add dev e0 root handle 1: tbf rate 8kbit burst 2k latency 10s
  tc_ a qdisc add dev e0 parent 1:1 handle 10: red limit 6000 min 1500 max 3000 avpkt 1000 burst 3 bandwidth 100kbit
}
traffic() { burst a 10.191.26.2 9 60; }
