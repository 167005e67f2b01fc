# nft of a server drops at its output what is sent by its VRF's device, which answers pass besides their port.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  modprobe vrf
  pair a b 10.31.0
  ip_ b addr flush dev e0
  ip_ b link add cust7 type vrf table 7
  ip_ b link set cust7 up
  ip_ b link set e0 master cust7
  address b e0 10.31.0.2/24
}
fault() {
  in_ b nft add table inet f
  in_ b nft add chain inet f o '{ type filter hook output priority 0; policy accept; }'
  in_ b nft add rule inet f o oifname cust7 ip protocol icmp counter drop
}
traffic() { ping_ a 10.31.0.2; }
