# A host of IPsec in tunnel mode loses its states while it is asked, as when its daemon restarts.
# nodes: left gw1 gw2 right
# fault: dropped ipsec-policy
. /work/esp.sh
. /work/gateways.sh
build() {
  gateways 10.18 172.21.18
  ip_ gw1 route add 10.18.2.0/24 via 172.21.18.2
  ip_ gw2 route add 10.18.1.0/24 via 172.21.18.1
  local node
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 172.21.18.1 dst 172.21.18.2 proto esp spi 0x181 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 172.21.18.2 dst 172.21.18.1 proto esp spi 0x182 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.18.1.0/24 10.18.2.0/24 out 172.21.18.1 172.21.18.2
  net gw1 10.18.2.0/24 10.18.1.0/24 fwd 172.21.18.2 172.21.18.1
  net gw2 10.18.2.0/24 10.18.1.0/24 out 172.21.18.2 172.21.18.1
  net gw2 10.18.1.0/24 10.18.2.0/24 fwd 172.21.18.1 172.21.18.2
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() { touch "/tmp/$RUN.restarts"; }
traffic() {
  ping_ left 10.18.2.2
  if [ -e "/tmp/$RUN.restarts" ]; then ip_ gw2 xfrm state flush; fi
  ping_ left -c 3 10.18.2.2
}
