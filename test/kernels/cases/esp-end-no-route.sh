# A router encrypts for a gateway to which it has no route any more; the network behind it has one still.
# nodes: left gw1 mid gw2
# fault: dropped tunnel-endpoint-unreachable
. /work/esp.sh
build() {
  ns left gw1 mid gw2
  veth left e0 gw1 lan
  veth gw1 wan mid m1
  veth mid m2 gw2 wan
  address left e0 10.177.94.2/24
  address gw1 lan 10.177.94.1/24
  address gw1 wan 172.24.94.2/30
  address mid m1 172.24.94.1/30
  address mid m2 172.24.95.1/30
  address gw2 wan 172.24.95.2/30
  address gw2 lo 10.177.95.1/32
  local node
  for node in gw1 mid gw2; do forwards $node; done
  ip_ left route add default via 10.177.94.1
  ip_ gw1 route add 10.177.95.0/24 via 172.24.94.1
  ip_ gw1 route add 172.24.95.0/24 via 172.24.94.1
  ip_ gw2 route add default via 172.24.95.1
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 172.24.94.2 dst 172.24.95.2 proto esp spi 0x94 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 172.24.95.2 dst 172.24.94.2 proto esp spi 0x95 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.177.94.0/24 10.177.95.0/24 out 172.24.94.2 172.24.95.2
  net gw1 10.177.95.0/24 10.177.94.0/24 fwd 172.24.95.2 172.24.94.2
  net gw2 10.177.95.0/24 10.177.94.0/24 out 172.24.95.2 172.24.94.2
  net gw2 10.177.94.0/24 10.177.95.0/24 in 172.24.94.2 172.24.95.2
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() { ip_ gw1 route del 172.24.95.0/24; }
traffic() { ping_ left 10.177.95.1; }
