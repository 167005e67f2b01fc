# A router sends a copy of all to a monitor, which drops it; a rule behind that drops what goes to one port.
# nodes: a r=r,monitor b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.210
  ns monitor
  veth r e2 monitor e0
  address r e2 10.210.3.254/24
  address monitor e0 10.210.3.1/24
  in_ r nft -f - <<'N'
table ip copies {
  chain pre { type filter hook prerouting priority mangle; ip daddr 10.210.2.1 dup to 10.210.3.1 device e2; }
  chain passing { type filter hook forward priority filter; }
}
N
  ping_ r 10.210.3.1
  listen b tcp 8080
}
fault() { in_ r nft add rule ip copies passing tcp dport 8080 counter drop; }
traffic() { ping_ a 10.210.2.1; ask a tcp 10.210.2.1 8080; }
