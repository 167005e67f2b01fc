# Policies of IPsec are for TCP alone, so a ping goes in the clear; the sender has lost its own, and sends TCP so.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  pair a b 10.171.0
  local node
  for node in a b; do
    state $node 10.171.0.1 10.171.0.2 0x100
    state $node 10.171.0.2 10.171.0.1 0x200
  done
  only a 10.171.0.1 10.171.0.2 out
  only a 10.171.0.2 10.171.0.1 in
  only b 10.171.0.2 10.171.0.1 out
  only b 10.171.0.1 10.171.0.2 in
  listen b tcp 80
}
only() {
  ip_ "$1" xfrm policy add src "$2/32" dst "$3/32" proto tcp dir "$4" tmpl src "$2" dst "$3" proto esp mode transport
}
fault() {
  ip_ a xfrm policy delete src 10.171.0.1/32 dst 10.171.0.2/32 proto tcp dir out
  touch "/run/$RUN.asks"
}
# Encrypted, an answer of TCP is not seen.
traffic() {
  ping_ a 10.171.0.2
  [ ! -e "/run/$RUN.asks" ] || ask a tcp 10.171.0.2 80
}
