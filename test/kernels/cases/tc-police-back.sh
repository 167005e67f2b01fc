# A router polices at its egress what a server answers, of which the large answers are too much; questions pass.
# nodes: a r b
# fault: dropped traffic-control-drop
# besides: unanswered traffic-control-drop
. /work/routed.sh
build() {
  modprobe act_police
  routed 10.33
  tc_ r qdisc add dev e0 clsact
  tc_ r filter add dev e0 egress protocol ip prio 1 flower src_ip 10.33.2.1 action police rate 100mbit burst 100k conform-exceed drop
}
fault() {
  tc_ r filter del dev e0 egress prio 1
  tc_ r filter add dev e0 egress protocol ip prio 1 flower src_ip 10.33.2.1 action police rate 8kbit burst 1500 conform-exceed drop
}
traffic() { in_ a ping -n -c 6 -i 0.05 -s 1000 -W 1 10.33.2.1 || true; }
