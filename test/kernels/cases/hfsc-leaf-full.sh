# A class of hfsc that gets little has a queue for one packet, and more of its traffic comes at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: slow shaped
build() {
  pair a b 10.220.1
  listen b udp 9
  ip_ a neigh add 10.220.1.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: hfsc default 10
  tc_ a class add dev e0 parent 1: classid 1:1 hfsc ls m2 10mbit ul m2 10mbit
  tc_ a class add dev e0 parent 1:1 classid 1:10 hfsc ls m2 1mbit ul m2 1mbit
  tc_ a qdisc add dev e0 parent 1:10 handle 10: pfifo limit 500
}
fault() {
  tc_ a class change dev e0 parent 1:1 classid 1:10 hfsc ls m2 80kbit ul m2 80kbit
  tc_ a qdisc replace dev e0 parent 1:10 handle 10: pfifo limit 1
}
traffic() { burst a 10.220.1.2 9 6; }
