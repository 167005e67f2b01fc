# Cards that cut TCP for the wire, and a kernel that puts it together otherwise; nft drops one of four there.
# nodes: a b
# far: b
# wire: cut
# fault: slow netfilter-drop
build() {
  wired a b 172.22.8
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take tcp dport 5001 meta length '>' 1400 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 172.22.8.2 5001 1048576; }
