# ESP in transport mode between a and b.
KEY=0x0102030405060708090a0b0c0d0e0f1011121314

# keyed NETWORK: both directions, with states and policies at both ends.
keyed() {
  local node
  for node in a b; do
    state $node "$1.1" "$1.2" 0x100
    state $node "$1.2" "$1.1" 0x200
  done
  policy a "$1.1" "$1.2" out
  policy a "$1.2" "$1.1" in
  policy b "$1.2" "$1.1" out
  policy b "$1.1" "$1.2" in
}
# state NODE FROM TO SPI WORDS...
state() {
  local node=$1 from=$2 to=$3 spi=$4
  shift 4
  ip_ "$node" xfrm state add src "$from" dst "$to" proto esp spi "$spi" mode transport \
    aead 'rfc4106(gcm(aes))' "$KEY" 128 "$@"
}
# policy NODE FROM TO out|in
policy() {
  ip_ "$1" xfrm policy add src "$2/32" dst "$3/32" dir "$4" tmpl src "$2" dst "$3" proto esp mode transport
}
