# A router takes answers only of networks, ports and networks in a set (hash:net,port,net), which has the one answer's no more.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.6
  in_ r ipset create back hash:net,port,net
  in_ r ipset add back 10.6.2.0/24,tcp:8080,10.6.1.0/25
  in_ r ipset add back 10.6.2.0/24,udp:53,10.6.1.0/25
  in_ r iptables -P FORWARD DROP
  in_ r iptables -A FORWARD -i e0 -j ACCEPT
  in_ r iptables -A FORWARD -i e1 -m set --match-set back src,src,dst -j ACCEPT
  listen b tcp 8080
  listen b udp 53
}
fault() { in_ r ipset del back 10.6.2.0/24,udp:53,10.6.1.0/25; }
traffic() { ask a tcp 10.6.2.1 8080; ask a udp 10.6.2.1 53; }
