# A vxlan over IPv6; a rule of nft at the receiver drops what comes out of it.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  ns a b
  veth a e0 b e0
  local node number=0 other=2
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0
    ip_ $node addr add "fd00:21::$number/64" dev e0 nodad
    ip_ $node link add vx0 type vxlan id 7 local "fd00:21::$number" remote "fd00:21::$other" dstport 4789
    other=1
  done
  joined_by vx0 10.250.4
  in_ b nft add table ip t
  in_ b nft add chain ip t c '{ type filter hook input priority 0; }'
}
fault() { in_ b nft add rule ip t c icmp type echo-request counter drop; }
traffic() { ping_ a 10.250.4.2; }
