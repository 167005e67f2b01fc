# sfq has room for two packets of a flow behind a slow shaper, and more of it come at once.
# nodes: a b
# fault: dropped queue-overflow
# besides: refused no-listener
build() {
  modprobe sch_sfq
  pair a b 10.192.14
  tc_ a qdisc add dev e0 root handle 1: tbf rate 100mbit burst 50k latency 10s
  tc_ a qdisc add dev e0 parent 1:1 handle 10: sfq limit 127
}
fault() {
  tc_ a qdisc del dev e0 root
  tc_ a qdisc add dev e0 root handle 1: tbf rate 8kbit burst 400 latency 10s
  tc_ a qdisc add dev e0 parent 1:1 handle 10: sfq limit 3 depth 2
}
traffic() { burst a 10.192.14.2 9 12; }
