# A filter of tc at a router's ingress marks what a host sends (skbedit), and the routing rule of that mark refuses it.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() {
  modprobe act_skbedit
  routed 10.53
  tc_ r qdisc add dev e0 clsact
  tc_ r filter add dev e0 ingress prio 1 protocol ip flower src_ip 10.53.1.1 action skbedit mark 9 pipe action pass
  ip_ r rule add pref 70 fwmark 9 lookup 90
  ip_ r route add 10.53.2.0/24 via 10.53.2.1 table 90
}
fault() {
  ip_ r rule del pref 70
  ip_ r rule add pref 70 fwmark 9 prohibit
}
traffic() { ping_ a 10.53.2.1; }
