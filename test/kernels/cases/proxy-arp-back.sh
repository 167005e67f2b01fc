# A router joins two halves of one network by proxy_arp; it forwards no more what comes in on one side, the answers.
# nodes: a r b
# fault: dropped ip-forwarding-disabled
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.214.0.10/24
  address b e0 10.214.0.200/24
  address r e0 10.214.0.1/25
  address r e1 10.214.0.129/25
  forwards r
  in_ r sysctl -qw net.ipv4.conf.e0.proxy_arp=1 net.ipv4.conf.e1.proxy_arp=1
}
fault() { in_ r sysctl -qw net.ipv4.conf.e1.forwarding=0; }
traffic() { ping_ a 10.214.0.200; }
