# iptables drops what comes from an address that is in a set of a list of sets.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.183.0
  in_ b ipset create bad hash:net
  in_ b ipset create lists list:set
  in_ b ipset add lists bad
  in_ b iptables -A INPUT -m set --match-set lists src -j DROP
}
fault() { in_ b ipset add bad 10.183.0.0/25; }
traffic() { ping_ a 10.183.0.2; }
