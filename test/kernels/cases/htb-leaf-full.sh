# A class of htb that gets little has a short queue of its own, and more of its traffic comes at once.
# nodes: a b
# fault: dropped queue-overflow
build() {
  pair a b 10.192.13
  listen b udp 9
  tc_ a qdisc add dev e0 root handle 1: htb default 20
  tc_ a class add dev e0 parent 1: classid 1:10 htb rate 100mbit
  tc_ a class add dev e0 parent 1: classid 1:20 htb rate 100mbit
  tc_ a qdisc add dev e0 parent 1:20 handle 20: pfifo limit 100
}
fault() {
  tc_ a class change dev e0 parent 1: classid 1:20 htb rate 8kbit ceil 8kbit burst 400 cburst 400
  tc_ a qdisc change dev e0 parent 1:20 handle 20: pfifo limit 2
}
traffic() { burst a 10.192.13.2 9 10; }
