# nft of the far gateway drops from the other site what came by no IPsec, and the near gateway has lost its policy.
# nodes: left gw1 gw2 right
# fault: dropped netfilter-drop
. /work/esp.sh
. /work/gateways.sh
build() {
  gateways 10.7 172.21.7
  ip_ gw1 route add 10.7.2.0/24 via 172.21.7.2
  ip_ gw2 route add 10.7.1.0/24 via 172.21.7.1
  local node
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 172.21.7.1 dst 172.21.7.2 proto esp spi 0x71 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 172.21.7.2 dst 172.21.7.1 proto esp spi 0x72 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.7.1.0/24 10.7.2.0/24 out 172.21.7.1 172.21.7.2
  net gw1 10.7.2.0/24 10.7.1.0/24 fwd 172.21.7.2 172.21.7.1
  net gw2 10.7.2.0/24 10.7.1.0/24 out 172.21.7.2 172.21.7.1
  net gw2 10.7.1.0/24 10.7.2.0/24 fwd 172.21.7.1 172.21.7.2
  in_ gw2 nft add table inet site
  in_ gw2 nft add chain inet site pre '{ type filter hook prerouting priority -150; }'
  in_ gw2 nft add rule inet site pre iifname wan ip saddr 10.7.1.0/24 meta secpath missing counter drop
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() { ip_ gw1 xfrm policy del src 10.7.1.0/24 dst 10.7.2.0/24 dir out; }
traffic() { ping_ left 10.7.2.2; }
