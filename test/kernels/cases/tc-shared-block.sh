# Two ports of a router share a block of filters, whose second chain drops what goes to one network.
# nodes: a r b
# fault: dropped traffic-control-drop
. /work/routed.sh
build() {
  routed 10.156
  local device
  for device in $(ip_ r -o link show type veth | sed 's/^[0-9]*: \([^@:]*\).*/\1/'); do
    tc_ r qdisc add dev "$device" ingress_block 22 clsact
  done
  tc_ r filter add block 22 protocol ip prio 10 flower ip_proto udp dst_port 9999 action drop
  listen b udp 53
}
fault() {
  tc_ r filter add block 22 protocol ip prio 1 chain 0 flower ip_proto udp action goto chain 7
  tc_ r filter add block 22 protocol ip prio 1 chain 7 flower dst_ip 10.156.2.0/24 action drop
}
traffic() { ask a udp 10.156.2.1 53; }
