# The receiver's policy names another tunnel than the one that the packets come by.
# nodes: a r b
# fault: dropped ipsec-policy
. /work/esp.sh
# A router encrypts for the client, in a tunnel.
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.190.19.1/24
  address r e0 10.190.19.254/24
  address r e1 10.190.20.1/24
  address b e0 10.190.20.2/24
  forwards r
  ip_ a route add default via 10.190.19.254
  ip_ b route add default via 10.190.20.1
  local node
  for node in r b; do
    tunnel $node 10.190.20.1 10.190.20.2 0x100
    tunnel $node 10.190.20.2 10.190.20.1 0x200
  done
  through r 10.190.19.1 10.190.20.2 out 10.190.20.1 10.190.20.2
  through r 10.190.20.2 10.190.19.1 fwd 10.190.20.2 10.190.20.1
  through b 10.190.20.2 10.190.19.1 out 10.190.20.2 10.190.20.1
  through b 10.190.19.1 10.190.20.2 in 10.190.20.1 10.190.20.2
}
tunnel() {
  ip_ "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" mode tunnel \
    aead 'rfc4106(gcm(aes))' "$KEY" 128
}
through() {
  ip_ "$1" xfrm policy add src "$2/32" dst "$3/32" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel
}
fault() {
  ip_ b xfrm policy delete src 10.190.19.1/32 dst 10.190.20.2/32 dir in
  through b 10.190.19.1 10.190.20.2 in 10.190.20.9 10.190.20.2
}
traffic() { ping_ a 10.190.20.2; }
