# The receiver's firewall drops the protocol of the IPIP tunnel.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  modprobe ipip
  pair a b 172.22.31
  ip_ a link add tun type ipip local 172.22.31.1 remote 172.22.31.2
  ip_ b link add tun type ipip local 172.22.31.2 remote 172.22.31.1
  joined_by tun 10.191.25
  in_ b iptables -A INPUT -p icmp -j ACCEPT
  in_ b iptables -A INPUT -p ipencap -j ACCEPT
}
fault() {
  in_ b iptables -D INPUT -p ipencap -j ACCEPT
  in_ b iptables -A INPUT -i e0 -j DROP
}
traffic() { ping_ a 10.191.25.2; }
