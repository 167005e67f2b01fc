# A set that nft fills by itself holds each asker to so many packets a second, which are few now.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.173.0
  in_ b nft -f - <<'N'
table inet guard {
  set meters { type ipv4_addr; flags dynamic,timeout; timeout 60s; size 1024; }
  chain in { type filter hook input priority filter; ip protocol icmp add @meters { ip saddr limit rate over 500/second burst 50 packets } counter drop; }
}
N
}
fault() {
  in_ b nft flush chain inet guard in
  in_ b nft add rule inet guard in ip protocol icmp add @meters '{ ip saddr limit rate over 1/minute burst 1 packets }' counter drop
}
traffic() { in_ a ping -n -c 6 -i 0.2 -W 1 10.173.0.2 || true; }
