# Two gateways with a tunnel of IPsec over IPv6: the near one has another key for what comes back.
# nodes: left gw-l gw-r right
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  modprobe esp6
  ns left gw-l gw-r right
  veth left e0 gw-l lan
  veth gw-l wan gw-r wan
  veth gw-r lan right e0
  local node
  for node in gw-l gw-r; do
    in_ $node sysctl -qw net.ipv6.conf.wan.disable_ipv6=0
    forwards $node
  done
  address left e0 10.152.1.2/24
  address gw-l lan 10.152.1.1/24
  ip_ gw-l addr add fd00:52::1/64 dev wan nodad
  ip_ gw-r addr add fd00:52::2/64 dev wan nodad
  address gw-r lan 10.152.2.1/24
  address right e0 10.152.2.2/24
  ip_ left route add default via 10.152.1.1
  ip_ right route add default via 10.152.2.1
  ip_ gw-l route add 10.152.2.0/24 dev wan
  ip_ gw-r route add 10.152.1.0/24 dev wan
  for node in gw-l gw-r; do
    end $node fd00:52::1 fd00:52::2 0x51 "$KEY"
    end $node fd00:52::2 fd00:52::1 0x52 "$KEY"
  done
  net gw-l 10.152.1.0/24 10.152.2.0/24 out fd00:52::1 fd00:52::2
  net gw-l 10.152.2.0/24 10.152.1.0/24 fwd fd00:52::2 fd00:52::1
  net gw-r 10.152.2.0/24 10.152.1.0/24 out fd00:52::2 fd00:52::1
  net gw-r 10.152.1.0/24 10.152.2.0/24 fwd fd00:52::1 fd00:52::2
}
# end NODE FROM TO SPI KEY
end() {
  ip_ "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" mode tunnel aead 'rfc4106(gcm(aes))' "$5" 128 sel src 0.0.0.0/0 dst 0.0.0.0/0
}
# net NODE FROM TO DIRECTION END END
net() { ip_ "$1" xfrm policy add src "$2" dst "$3" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel; }
fault() {
  ip_ gw-l xfrm state delete src fd00:52::2 dst fd00:52::1 proto esp spi 0x52
  end gw-l fd00:52::2 fd00:52::1 0x52 0xffffffffffffffffffffffffffffffffffffffff
}
traffic() { ping_ left 10.152.2.2; }
