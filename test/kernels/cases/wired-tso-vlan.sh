# A VLAN over cards that take TCP in pieces of 64 KiB; nft of the near machine drops one of four large ones that come back.
# nodes: a b
# far: b
# wire: tso
# fault: slow netfilter-drop
build() {
  wired a b 172.22.32
  local node number=0
  for node in a b; do
    number=$((number + 1))
    ip_ $node link add link e0 e0.32 type vlan id 32
    ip_ $node link set e0.32 up
    address $node e0.32 "10.222.32.$number/24"
  done
  in_ a nft add table ip near
  in_ a nft add chain ip near take '{ type filter hook input priority 0; }'
  listen b bulk 5001
}
fault() { in_ a nft add rule ip near take iif e0.32 tcp sport 5001 meta length '>' 1300 numgen inc mod 4 0 counter drop; }
traffic() { bulk a 10.222.32.2 5001 262144; }
