# iptables takes only what comes from addresses with the link address that a set has for them.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.183.1
  in_ b ipset create known hash:ip,mac
  in_ b ipset add known "10.183.1.1,$(mac a e0)"
  in_ b iptables -A INPUT -m set ! --match-set known src,src -j DROP
}
fault() {
  in_ b ipset flush known
  in_ b ipset add known 10.183.1.1,02:00:00:00:00:99
}
traffic() { ping_ a 10.183.1.2; }
