# A set of networks leaves one host out (nomatch), so that it is not dropped; then the exception is gone.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.167.0
  in_ b ipset create banned hash:net
  in_ b ipset add banned 10.167.0.0/24
  in_ b ipset add banned 10.167.0.1/32 nomatch
  in_ b iptables -A INPUT -p icmp -m set --match-set banned src -j DROP
}
fault() { in_ b ipset del banned 10.167.0.1/32; }
traffic() { ping_ a 10.167.0.2; }
