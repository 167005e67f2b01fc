# vxlan inside ESP in transport mode, and the receiver's state has another key.
# nodes: a b
# fault: dropped ipsec-policy
# besides: dropped neighbour-unresolved, unanswered neighbour-unresolved
build() {
  pair a b 172.28.0
  ip_ a link add vx0 type vxlan id 41 remote 172.28.0.2 dstport 4789 dev e0
  ip_ b link add vx0 type vxlan id 41 remote 172.28.0.1 dstport 4789 dev e0
  joined_by vx0 10.242.0
  local node dir
  for node in a b; do
    keyed $node 172.28.0.1 172.28.0.2 1 "$KEY"
    keyed $node 172.28.0.2 172.28.0.1 2 "$KEY"
    dir=out; [ $node = a ] || dir=in
    ip_ $node xfrm policy add src 172.28.0.1 dst 172.28.0.2 proto udp dport 4789 dir $dir \
      tmpl src 172.28.0.1 dst 172.28.0.2 proto esp reqid 1 mode transport
    dir=in; [ $node = a ] || dir=out
    ip_ $node xfrm policy add src 172.28.0.2 dst 172.28.0.1 proto udp dport 4789 dir $dir \
      tmpl src 172.28.0.2 dst 172.28.0.1 proto esp reqid 1 mode transport
  done
}
KEY=0x0123456789abcdef0123456789abcdef01234567
keyed() {
  ip_ "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid 1 mode transport \
    aead "rfc4106(gcm(aes))" "$5" 128
}
fault() {
  ip_ b xfrm state del src 172.28.0.1 dst 172.28.0.2 proto esp spi 1
  keyed b 172.28.0.1 172.28.0.2 1 0x1123456789abcdef0123456789abcdef01234567
}
traffic() { ping_ a 10.242.0.2; }
