# The bucket of a shaper holds fewer bytes than a packet has, so that what is large never goes out.
# nodes: a b
# fault: dropped queue-overflow
build() {
  pair a b 10.191.28
  tc_ a qdisc add dev e0 root tbf rate 100mbit burst 100k latency 50ms
}
fault() { tc_ a qdisc replace dev e0 root tbf rate 1mbit burst 1000 latency 50ms; }
traffic() { ping_ a -s 1200 10.191.28.2; }
