# The far gateway decrypts what the tunnel brings, and has no policy that lets it forward that.
# nodes: left gw1 gw2 right
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  ns left gw1 gw2 right
  veth left e0 gw1 lan
  veth gw1 wan gw2 wan
  veth gw2 lan right e0
  address left e0 10.192.5.2/24
  address gw1 lan 10.192.5.1/24
  address gw1 wan 172.22.43.1/30
  address gw2 wan 172.22.43.2/30
  address gw2 lan 10.192.6.1/24
  address right e0 10.192.6.2/24
  forwards gw1
  forwards gw2
  ip_ left route add default via 10.192.5.1
  ip_ right route add default via 10.192.6.1
  ip_ gw1 route add 10.192.6.0/24 via 172.22.43.2
  ip_ gw2 route add 10.192.5.0/24 via 172.22.43.1
  local node
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 172.22.43.1 dst 172.22.43.2 proto esp spi 0x11 mode tunnel \
      aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 172.22.43.2 dst 172.22.43.1 proto esp spi 0x22 mode tunnel \
      aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.192.5.0/24 10.192.6.0/24 out 172.22.43.1 172.22.43.2
  net gw1 10.192.6.0/24 10.192.5.0/24 fwd 172.22.43.2 172.22.43.1
  net gw2 10.192.6.0/24 10.192.5.0/24 out 172.22.43.2 172.22.43.1
  net gw2 10.192.5.0/24 10.192.6.0/24 fwd 172.22.43.1 172.22.43.2
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() { ip_ gw2 xfrm policy del src 10.192.5.0/24 dst 10.192.6.0/24 dir fwd; }
traffic() { ping_ left 10.192.6.2; }
