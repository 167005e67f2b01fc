# The host's router sends it to a better one of the same link (redirect), which forwards nothing.
# nodes: sw a r1 r2 b
# fault: dropped ip-forwarding-disabled
build() {
  ns sw a r1 r2 b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  local node i=1
  for node in a r1 r2; do
    veth sw p$node $node e0
    ip_ sw link set p$node master br0
    address $node e0 10.78.1.$i/24
    i=$((i + 1))
  done
  veth r2 e1 b e0
  address r2 e1 10.78.2.254/24
  address b e0 10.78.2.1/24
  forwards r1
  forwards r2
  in_ r1 sysctl -qw net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.e0.send_redirects=1
  in_ a sysctl -qw net.ipv4.conf.all.accept_redirects=1 net.ipv4.conf.e0.accept_redirects=1
  ip_ a route add default via 10.78.1.2
  ip_ r1 route add 10.78.2.0/24 via 10.78.1.3
  ip_ b route add default via 10.78.2.254
}
fault() { in_ r2 sysctl -qw net.ipv4.ip_forward=0; }
traffic() { ping_ a -c 4 10.78.2.1; }
