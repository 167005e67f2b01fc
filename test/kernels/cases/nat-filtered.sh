# A router translates the service's address, and a rule of the server behind it drops what comes to it.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.148
  in_ r nft -f - <<'RULES'
table ip shop {
  chain pre {
    type nat hook prerouting priority dstnat;
    ip daddr 10.148.8.8 tcp dport 80 dnat to 10.148.2.1:8080
  }
}
RULES
  listen b tcp 8080
}
fault() { in_ b iptables -A INPUT -p tcp --dport 8080 -j DROP; }
traffic() { ask a tcp 10.148.8.8 80; }
