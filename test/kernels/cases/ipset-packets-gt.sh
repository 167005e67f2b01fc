# iptables lets each address of a set send some packets (--packets-gt), and drops what comes after them.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.23.0
  in_ b ipset create seen hash:ip counters
  in_ b ipset add seen 10.23.0.1
  in_ b iptables -A INPUT -m set --match-set seen src -j ACCEPT
}
fault() { in_ b iptables -I INPUT -p icmp -m set --match-set seen src --packets-gt 1 -j DROP; }
traffic() { ping_ a -c 4 10.23.0.2; }
