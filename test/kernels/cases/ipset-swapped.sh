# Two sets were swapped (ipset swap), as scripts do that load another list, and the new one does not have this network.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.253.1
  in_ b ipset create trusted hash:net
  in_ b ipset create fresh hash:net
  in_ b ipset add trusted 10.253.1.0/24
  in_ b ipset add fresh 192.0.2.0/24
  in_ b iptables -A INPUT -m set --match-set trusted src -j ACCEPT
  in_ b iptables -A INPUT -j DROP
}
fault() { in_ b ipset swap trusted fresh; }
traffic() { ping_ a 10.253.1.2; }
