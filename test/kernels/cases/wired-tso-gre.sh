# GRE with a key over cards that take TCP in pieces of 64 KiB; nft of the far machine drops one of two large ones.
# nodes: a b
# far: b
# wire: tso
# fault: slow netfilter-drop
build() {
  wired a b 172.22.31
  ip_ a link add g1 type gre local 172.22.31.1 remote 172.22.31.2 key 31
  ip_ b link add g1 type gre local 172.22.31.2 remote 172.22.31.1 key 31
  joined_by g1 10.222.31
  in_ b nft add table ip far
  in_ b nft add chain ip far take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ b nft add rule ip far take iif g1 tcp dport 5001 meta length '>' 1300 numgen inc mod 2 0 counter drop; }
traffic() { bulk a 10.222.31.2 5001 262144; }
