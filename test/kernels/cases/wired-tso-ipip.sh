# IP in IP over cards that take TCP in pieces of 64 KiB; nft of the far machine drops one of four large ones.
# nodes: a b
# far: b
# wire: tso
# fault: slow netfilter-drop
build() {
  wired a b 172.22.11
  ip_ a link add t0 type ipip local 172.22.11.1 remote 172.22.11.2
  ip_ b link add t0 type ipip local 172.22.11.2 remote 172.22.11.1
  joined_by t0 10.222.11
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take iif t0 tcp dport 5001 meta length '>' 1300 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 10.222.11.2 5001 262144; }
