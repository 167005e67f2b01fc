# Hosts on a bridge as they are made, with all that IPv6 says by itself, groups and broadcasts; nft drops one port.
# nodes: sw a b c
# fault: dropped netfilter-drop
build() {
  local node
  for node in sw a b c; do
    ip netns add "$RUN.$node"
    ip_ $node link set lo up
  done
  ip_ sw link add br0 type bridge mcast_snooping 1
  for node in a b c; do
    veth sw p$node $node e0
    ip_ sw link set p$node master br0
  done
  ip_ sw link set br0 up
  address a e0 10.234.1.1/24
  address b e0 10.234.1.2/24
  address c e0 10.234.1.3/24
  in_ b sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
  ip_ a -6 addr add 2001:db8:234::1/64 dev e0
  ip_ b -6 addr add 2001:db8:234::2/64 dev e0
  in_ b nft add table inet f
  in_ b nft add chain inet f in '{ type filter hook input priority 0; }'
  listen b tcp 8080 six
}
fault() { in_ b nft add rule inet f in tcp dport 8080 counter drop; }
traffic() {
  ping_ a -b 10.234.1.255
  ping_ a 2001:db8:234::2
  ask a tcp 2001:db8:234::2 8080
}
