# A router's htb has netem in the class of this client's answers, which loses all of them.
# nodes: a r b
# fault: dropped traffic-control-drop
. /work/routed.sh
build() {
  routed 10.153
  listen b udp 514
  tc_ r qdisc add dev e0 root handle 1: htb default 10
  tc_ r class add dev e0 parent 1: classid 1:10 htb rate 100mbit
  tc_ r class add dev e0 parent 1: classid 1:20 htb rate 50mbit
  tc_ r qdisc add dev e0 parent 1:20 handle 20: netem delay 1ms
  tc_ r filter add dev e0 parent 1: protocol ip prio 1 u32 match ip sport 514 0xffff flowid 1:20
}
fault() { tc_ r qdisc change dev e0 parent 1:20 handle 20: netem loss 100%; }
traffic() { ask a udp 10.153.2.1 514; }
