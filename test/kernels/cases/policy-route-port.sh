# A routing rule of a router's about one port of TCP refuses (prohibit), which hosts behind it learn by ICMP.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() {
  routed 10.213
  ip_ r rule add pref 90 ipproto tcp dport 9443 lookup main
  listen b tcp 9443
}
fault() { ip_ r rule add pref 80 ipproto tcp dport 9443 prohibit; }
traffic() { ping_ a 10.213.2.1; ask a tcp 10.213.2.1 9443; }
