# ip6tables takes what a set of networks and ports has; this entry's time was over a moment ago.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.160.0
  local node own
  for node in a b; do
    own=1; [ $node = a ] || own=2
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:60::$own/64 dev e0 nodad
  done
  in_ b ipset create open6 hash:net,port family inet6 timeout 3600
  in_ b ipset add open6 fd00:60::/64,tcp:8080
  in_ b ip6tables -A INPUT -p tcp -m set --match-set open6 src,dst -j ACCEPT
  in_ b ip6tables -A INPUT -p tcp --dport 8080 -j DROP
  listen b tcp 8080 six
}
fault() {
  in_ b ipset del open6 fd00:60::/64,tcp:8080
  in_ b ipset add open6 fd00:60::/64,tcp:8080 timeout 1
}
traffic() { ask a tcp fd00:60::2 8080; }
