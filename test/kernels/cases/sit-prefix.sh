# Rapid deployment of IPv6: the receiver's tunnel has another prefix, which does not fit the sender's ends.
# nodes: cpe border
# fault: dropped tunnel-options-mismatch
build() {
  modprobe sit
  pair cpe border 172.22.23
  rapid cpe 172.22.23.1 2001:db8::/32
  rapid border 172.22.23.2 2001:db8::/32
  ip_ cpe addr add 2001:db8:ac16:1701::1/32 dev six nodad
  ip_ border addr add 2001:db8:ac16:1702::1/32 dev six nodad
}
# rapid NODE OWN PREFIX
rapid() {
  ip_ "$1" link add six type sit local "$2" ttl 64
  ip_ "$1" tunnel 6rd dev six 6rd-prefix "$3"
  in_ "$1" sysctl -qw net.ipv6.conf.six.disable_ipv6=0
  ip_ "$1" link set six up
}
fault() { ip_ border tunnel 6rd dev six 6rd-prefix 2001:d00::/24; }
traffic() { ping_ cpe 2001:db8:ac16:1702::1; }
