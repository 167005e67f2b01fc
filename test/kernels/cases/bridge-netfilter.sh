# The bridge hands frames to iptables (br_netfilter), whose policy for what is forwarded drops them.
# nodes: host one two
# fault: dropped netfilter-drop
build() {
  modprobe br_netfilter
  ns host one two
  ip_ host link add br0 type bridge
  ip_ host link set br0 up
  local name number=0
  for name in one two; do
    number=$((number + 1))
    veth "$name" e0 host "p$number"
    ip_ host link set "p$number" master br0
    address "$name" e0 "10.189.0.$number/24"
  done
  in_ host sysctl -qw net.bridge.bridge-nf-call-iptables=1
  in_ host iptables -P FORWARD ACCEPT
}
fault() { in_ host iptables -P FORWARD DROP; }
traffic() { ping_ one 10.189.0.2; }
