# A host hands frames from pod to pod by filters of tc that rewrite link addresses, as some CNIs do; the one for answers is gone.
# nodes: host=host,one two
# fault: dropped ip-forwarding-disabled
build() {
  modprobe -a act_mirred act_pedit
  ns host one two
  local node
  for node in one two; do
    veth host lxc-$node $node eth0
    ip_ host link set lxc-$node address 02:00:00:00:69:fe
    tc_ host qdisc add dev lxc-$node clsact
    ip_ $node route add 169.254.1.1 dev eth0
    ip_ $node route add default via 169.254.1.1
    ip_ $node neigh add 169.254.1.1 lladdr 02:00:00:00:69:fe dev eth0
  done
  address one eth0 10.69.1.1/32
  address two eth0 10.69.1.2/32
  hand one two 10.69.1.2
  hand two one 10.69.1.1
}
# hand FROM TO ADDRESS
hand() {
  tc_ host filter add dev lxc-$1 ingress prio 1 protocol ip flower dst_ip $3 \
    action pedit ex munge eth dst set "$(mac $2 eth0)" pipe action mirred egress redirect dev lxc-$2
}
fault() { tc_ host filter del dev lxc-two ingress prio 1; }
traffic() { ping_ one 10.69.1.2; }
