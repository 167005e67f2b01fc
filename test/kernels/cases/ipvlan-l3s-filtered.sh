# A container by ipvlan in mode l3s passes the host's own netfilter, whose input chain drops its traffic.
# nodes: peer host=host,ctr
# fault: dropped netfilter-drop
build() {
  modprobe ipvlan
  ns peer host ctr
  veth peer e0 host e0
  address peer e0 10.192.3.1/24
  address host e0 10.192.3.2/24
  ip_ host link add link e0 name iv0 netns "$RUN.ctr" type ipvlan mode l3s
  ip_ ctr link set iv0 up
  address ctr iv0 10.192.4.9/24
  ip_ ctr route add default dev iv0
  ip_ peer route add 10.192.4.0/24 via 10.192.3.2
  forwards host
}
fault() {
  in_ host nft add table inet shield
  in_ host nft add chain inet shield input '{ type filter hook input priority 0; policy accept; }'
  in_ host nft add rule inet shield input ip daddr 10.192.4.0/24 counter drop
}
traffic() { ping_ peer 10.192.4.9; }
