# nft of the far edge drops what comes out of the backbone of MPLS. Two labels are on the way.
# nodes: left pe1 p pe2 right
# fault: dropped netfilter-drop
. /work/mpls.sh
build() {
  backbone 10.105
  ip_ pe1 route replace 10.105.2.0/24 encap mpls 100/500 via inet 10.105.11.2 dev wan
  ip_ pe2 -f mpls route del 200
  ip_ p -f mpls route replace 100 via inet 10.105.12.1 dev e1
  ip_ pe2 -f mpls route add 500 via inet 10.105.2.2 dev lan
  in_ right nft add table inet fw
  in_ right nft add chain inet fw in '{ type filter hook input priority 0; }'
}
fault() { in_ right nft add rule inet fw in icmp type echo-request counter drop; }
traffic() { ping_ left 10.105.2.2; }
