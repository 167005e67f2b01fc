# A router forwards what belongs to a connection, and a rule takes one server's answers out of tracking (notrack).
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.55
  in_ r nft -f - <<'N'
table ip early { chain pre { type filter hook prerouting priority raw; }; }
table inet guard {
  chain passing { type filter hook forward priority 0; policy drop; ct state established,related accept; iifname "e0" accept; }
}
N
  listen b tcp 5432
}
fault() { in_ r nft add rule ip early pre iifname e1 tcp sport 5432 notrack; }
traffic() { ping_ a 10.55.2.1; ask a tcp 10.55.2.1 5432; }
