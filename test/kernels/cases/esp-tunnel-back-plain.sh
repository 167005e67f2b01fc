# The far gateway has lost its policy of IPsec for what goes back, so that answers come in the clear, which the near one refuses.
# nodes: left gw1 gw2 right
# fault: dropped ipsec-policy
. /work/esp.sh
. /work/gateways.sh
build() {
  gateways 10.48 172.21.48
  ip_ gw1 route add 10.48.2.0/24 via 172.21.48.2
  ip_ gw2 route add 10.48.1.0/24 via 172.21.48.1
  local node
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 172.21.48.1 dst 172.21.48.2 proto esp spi 0x481 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 172.21.48.2 dst 172.21.48.1 proto esp spi 0x482 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.48.1.0/24 10.48.2.0/24 out 172.21.48.1 172.21.48.2
  net gw1 10.48.2.0/24 10.48.1.0/24 fwd 172.21.48.2 172.21.48.1
  net gw2 10.48.2.0/24 10.48.1.0/24 out 172.21.48.2 172.21.48.1
  net gw2 10.48.1.0/24 10.48.2.0/24 fwd 172.21.48.1 172.21.48.2
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() { ip_ gw2 xfrm policy del src 10.48.2.0/24 dst 10.48.1.0/24 dir out; }
traffic() { ping_ left 10.48.2.2; }
