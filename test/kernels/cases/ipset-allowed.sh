# iptables takes only what comes from addresses in a set, and this one is not in it (any more).
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.250.20
  in_ b ipset create good hash:ip
  in_ b ipset add good 10.250.20.1
  in_ b iptables -A INPUT -p icmp -m set --match-set good src -j ACCEPT
  in_ b iptables -A INPUT -p icmp -j DROP
}
fault() { in_ b ipset del good 10.250.20.1; }
traffic() { ping_ a 10.250.20.2; }
