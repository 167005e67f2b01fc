# Two containers by ipvlan on one device; nft at the device's own ingress drops what is for one of them.
# nodes: host=host,one,two peer
# fault: dropped netfilter-drop
build() {
  ns host one two peer
  veth host e0 peer e0
  address peer e0 10.118.0.9/24
  local i name
  for i in 1 2; do
    name=one
    [ $i = 1 ] || name=two
    ip_ host link add link e0 name ipv$i type ipvlan mode l2
    ip_ host link set ipv$i netns "$RUN.$name"
    ip_ $name link set ipv$i up
    address $name ipv$i 10.118.0.$i/24
  done
  in_ host nft add table netdev fw
  in_ host nft add chain netdev fw in '{ type filter hook ingress device "e0" priority 0; }'
}
fault() { in_ host nft add rule netdev fw in ip daddr 10.118.0.2 counter drop; }
traffic() {
  ping_ peer 10.118.0.1
  ping_ peer 10.118.0.2
}
