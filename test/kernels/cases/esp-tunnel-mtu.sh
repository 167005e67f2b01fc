# What a router is to put into a tunnel of IPsec may not be cut, and is too large with the tunnel's headers.
# nodes: left gw1 gw2
# fault: dropped mtu-exceeded
. /work/esp.sh
build() {
  ns left gw1 gw2
  veth left e0 gw1 lan
  veth gw1 wan gw2 wan
  address left e0 10.140.15.2/24
  address gw1 lan 10.140.15.1/24
  address gw1 wan 172.25.15.1/24
  address gw2 wan 172.25.15.2/24
  address gw2 lo 10.140.115.1/32
  forwards gw1
  forwards gw2
  ip_ left route add default via 10.140.15.1
  ip_ gw1 route add 10.140.115.0/24 via 172.25.15.2
  ip_ gw2 route add 10.140.15.0/24 via 172.25.15.1
  local node
  for node in gw1 gw2; do
    ip_ $node xfrm state add src 172.25.15.1 dst 172.25.15.2 proto esp spi 0x94 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ $node xfrm state add src 172.25.15.2 dst 172.25.15.1 proto esp spi 0x95 mode tunnel aead 'rfc4106(gcm(aes))' "$KEY" 128
  done
  net gw1 10.140.15.0/24 10.140.115.0/24 out 172.25.15.1 172.25.15.2
  net gw1 10.140.115.0/24 10.140.15.0/24 fwd 172.25.15.2 172.25.15.1
  net gw2 10.140.115.0/24 10.140.15.0/24 out 172.25.15.2 172.25.15.1
  net gw2 10.140.15.0/24 10.140.115.0/24 in 172.25.15.1 172.25.15.2
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() { ip_ gw1 link set wan mtu 1400; }
traffic() { ping_ left -M do -s 1340 10.140.115.1; }
