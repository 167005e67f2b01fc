# The asker gives its packets a TTL of two: enough to get into the tunnel, and it runs out at the gateway at its end.
# nodes: asker edge hub shop
# fault: dropped ttl-exceeded
build() {
  ns asker edge hub shop
  veth asker e0 edge lan
  veth edge wan hub wan
  veth hub lan shop e0
  address asker e0 10.91.3.2/24
  address edge lan 10.91.3.1/24
  address edge wan 172.31.3.1/24
  address hub wan 172.31.3.2/24
  address hub lan 10.91.4.1/24
  address shop e0 10.91.4.2/24
  forwards edge
  forwards hub
  ip_ asker route add default via 10.91.3.1
  ip_ shop route add default via 10.91.4.1
  ip_ edge link add tun9 type ipip local 172.31.3.1 remote 172.31.3.2 ttl 64
  ip_ hub link add tun9 type ipip local 172.31.3.2 remote 172.31.3.1 ttl 64
  ip_ edge link set tun9 up
  ip_ hub link set tun9 up
  ip_ edge route add 10.91.4.0/24 dev tun9
  ip_ hub route add 10.91.3.0/24 dev tun9
}
fault() { in_ asker sysctl -qw net.ipv4.ip_default_ttl=2; }
traffic() { ping_ asker 10.91.4.2; }
