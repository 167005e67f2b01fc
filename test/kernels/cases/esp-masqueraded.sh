# A gateway masquerades what its policy of IPsec is for, too, so that it goes in the clear to a provider that has no such network.
# nodes: left gw1 isp gw2 right
# fault: dropped no-route
. /work/esp.sh
build() {
  ns left gw1 isp gw2 right
  veth left e0 gw1 lan
  veth gw1 wan isp e1
  veth isp e2 gw2 wan
  veth gw2 lan right e0
  address left e0 10.44.11.2/24
  address gw1 lan 10.44.11.1/24
  address gw1 wan 192.0.2.2/30
  address isp e1 192.0.2.1/30
  address isp e2 192.0.2.5/30
  address gw2 wan 192.0.2.6/30
  address gw2 lan 10.44.12.1/24
  address right e0 10.44.12.2/24
  local node
  for node in gw1 isp gw2; do forwards $node; done
  ip_ left route add default via 10.44.11.1
  ip_ right route add default via 10.44.12.1
  ip_ gw1 route add default via 192.0.2.1
  ip_ gw2 route add default via 192.0.2.5
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 192.0.2.2 dst 192.0.2.6 proto esp spi 0x441 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 192.0.2.6 dst 192.0.2.2 proto esp spi 0x442 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.44.11.0/24 10.44.12.0/24 out 192.0.2.2 192.0.2.6
  net gw1 10.44.12.0/24 10.44.11.0/24 fwd 192.0.2.6 192.0.2.2
  net gw2 10.44.12.0/24 10.44.11.0/24 out 192.0.2.6 192.0.2.2
  net gw2 10.44.11.0/24 10.44.12.0/24 fwd 192.0.2.2 192.0.2.6
  in_ gw1 nft add table ip n
  in_ gw1 nft add chain ip n post '{ type nat hook postrouting priority 100; }'
  in_ gw1 nft add rule ip n post oif wan ip daddr 10.44.12.0/24 accept
  in_ gw1 nft add rule ip n post oif wan masquerade
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() {
  in_ gw1 nft flush chain ip n post
  in_ gw1 nft add rule ip n post oif wan masquerade
}
traffic() { ping_ left 10.44.12.2; }
