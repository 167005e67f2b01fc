# iptables drops what comes from an address that is in a set.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.236.0
  in_ b ipset create bad hash:ip
  in_ b iptables -A INPUT -m set --match-set bad src -j DROP
}
fault() { in_ b ipset add bad 10.236.0.1; }
traffic() { ping_ a 10.236.0.2; }
