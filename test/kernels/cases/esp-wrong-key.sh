# The receiver's IPsec state has another key, so the packets fail its check.
# nodes: a b
# fault: dropped ipsec-policy
build() {
  pair a b 10.213.0
  states "$KEY"
}
KEY=0x0102030405060708090a0b0c0d0e0f1011121314
# states KEY: both directions; b reads what a sent with this key.
states() {
  local node
  for node in a b; do ip_ $node xfrm state flush; ip_ $node xfrm policy flush; done
  for node in a b; do
    esp $node 10.213.0.1 10.213.0.2 0x100 "$([ $node = a ] && echo "$KEY" || echo "$1")"
    esp $node 10.213.0.2 10.213.0.1 0x200 "$KEY"
  done
  policy a 10.213.0.1 10.213.0.2 out
  policy a 10.213.0.2 10.213.0.1 in
  policy b 10.213.0.2 10.213.0.1 out
  policy b 10.213.0.1 10.213.0.2 in
}
esp() {
  ip_ "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" mode transport \
    aead 'rfc4106(gcm(aes))' "$5" 128
}
policy() {
  ip_ "$1" xfrm policy add src "$2/32" dst "$3/32" dir "$4" tmpl src "$2" dst "$3" proto esp mode transport
}
fault() { states 0xffffffffffffffffffffffffffffffffffffffff; }
traffic() { ping_ a 10.213.0.2; }
