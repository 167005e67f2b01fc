# Cards that take TCP in pieces of 64 KiB; nft of the far machine drops one of four large ones.
# nodes: a b
# far: b
# wire: tso
# fault: slow netfilter-drop
build() {
  wired a b 172.22.7
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take tcp dport 5001 meta length '>' 1400 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 172.22.7.2 5001 1048576; }
