# A service's UDP rule leads to another server now; a client that goes on from its port is still led to the old one.
# nodes: a r s1 s2
# fault: refused stale-conntrack-entry
build() {
  ns a r s1 s2
  veth a e0 r e0
  veth r e1 s1 e0
  veth r e2 s2 e0
  address a e0 10.148.1.2/24
  address r e0 10.148.1.1/24
  address r e1 10.148.2.1/24
  address s1 e0 10.148.2.2/24
  address r e2 10.148.3.1/24
  address s2 e0 10.148.3.2/24
  forwards r
  ip_ a route add default via 10.148.1.1
  ip_ s1 route add default via 10.148.2.1
  ip_ s2 route add default via 10.148.3.1
  in_ r nft add table ip nat
  in_ r nft add chain ip nat pre '{ type nat hook prerouting priority -100; }'
  in_ r nft add rule ip nat pre ip daddr 10.148.9.9 udp dport 53 dnat to 10.148.2.2:53
  listen s1 udp 53
  listen s2 udp 53
}
fault() { touch "/tmp/$RUN.moved"; }
# asked: from one port of the client's.
asked() {
  in_ a python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5555)); s.settimeout(2); s.connect(("10.148.9.9", 53))
try:
    s.send(b"question"); s.recv(100)
except OSError: pass'
}
traffic() {
  asked
  if [ -e "/tmp/$RUN.moved" ]; then
    silence s1
    in_ r nft flush chain ip nat pre
    in_ r nft add rule ip nat pre ip daddr 10.148.9.9 udp dport 53 dnat to 10.148.3.2:53
  fi
  asked
}
