# iptables of a router takes only the ports of a set (bitmap:port), which has this service's no more; another one goes by.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.52
  in_ r ipset create open bitmap:port range 0-1023
  in_ r ipset add open 80
  in_ r ipset add open 443
  in_ r iptables -A FORWARD -p tcp -i e0 -m set ! --match-set open dst -j DROP
  listen b tcp 80
  listen b tcp 443
}
fault() { in_ r ipset del open 443; }
traffic() { ask a tcp 10.52.2.1 80; ask a tcp 10.52.2.1 443; }
