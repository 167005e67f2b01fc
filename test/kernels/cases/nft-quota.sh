# A quota of nft is used up, and what comes beyond it is dropped.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.192.15
  in_ b nft add table inet plan
  in_ b nft add chain inet plan in '{ type filter hook input priority 0; policy accept; }'
}
fault() { in_ b nft add rule inet plan in ip saddr 10.192.15.1 quota over 100 bytes drop; }
traffic() { ping_ a -s 200 10.192.15.2; }
