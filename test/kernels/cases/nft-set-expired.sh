# An nft set says by address and port who may come in; this one's element had a timeout that is over.
# nodes: kiosk api
# fault: dropped netfilter-drop
build() {
  pair kiosk api 10.191.17
  in_ api nft -f - <<'N'
table inet guard {
  set leases { type ipv4_addr . inet_service; flags timeout; timeout 1h; }
  chain in {
    type filter hook input priority 0; policy accept;
    ip saddr . tcp dport @leases accept
    tcp dport 9000 counter drop
  }
}
N
  in_ api nft add element inet guard leases '{ 10.191.17.1 . 9000 }'
  listen api tcp 9000
}
fault() {
  in_ api nft flush set inet guard leases
  in_ api nft add element inet guard leases '{ 10.191.17.1 . 9000 timeout 1s }'
}
traffic() { ask kiosk tcp 10.191.17.2 9000; }
