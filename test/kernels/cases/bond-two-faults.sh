# Two faults behind a bond: a filter of tc on it drops what one port answers, and nobody listens at another.
# nodes: left r right
# fault: dropped traffic-control-drop
# besides: unanswered traffic-control-drop, dropped no-listener, refused no-listener
build() {
  modprobe bonding
  ns left r right
  ip_ left link add bond0 type bond mode active-backup miimon 100
  ip_ r link add bond0 type bond mode active-backup miimon 100
  local n
  for n in 1 2; do
    ip_ left link add e$n type veth peer name w$n netns "$RUN.r"
    ip_ left link set e$n master bond0
    ip_ r link set w$n master bond0
    ip_ left link set e$n up
    ip_ r link set w$n up
  done
  ip_ left link set bond0 up
  ip_ r link set bond0 up
  veth r lan right e0
  address left bond0 10.54.61.2/24
  address r bond0 10.54.61.1/24
  address r lan 10.54.62.1/24
  address right e0 10.54.62.2/24
  forwards r
  ip_ left route add default via 10.54.61.1
  ip_ right route add default via 10.54.62.1
  tc_ left qdisc add dev bond0 clsact
  listen right tcp 8081
  listen right udp 53
}
fault() {
  tc_ left filter add dev bond0 ingress prio 1 protocol ip flower ip_proto tcp src_port 8081 action drop
  silence right
  listen right tcp 8081
}
traffic() {
  ask left tcp 10.54.62.2 8081
  ask left udp 10.54.62.2 53
  ping_ left 10.54.62.2
}
