# nft drops what comes in by the VRF's device, which the packet passes besides its port.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  modprobe vrf
  pair a b 10.192.25
  ip_ b addr flush dev e0
  ip_ b link add cust7 type vrf table 7
  ip_ b link set cust7 up
  ip_ b link set e0 master cust7
  address b e0 10.192.25.2/24
}
fault() {
  in_ b nft add table inet f
  in_ b nft add chain inet f i '{ type filter hook input priority 0; policy accept; }'
  in_ b nft add rule inet f i iifname cust7 ip protocol icmp counter drop
}
traffic() { ping_ a 10.192.25.2; }
