# The two ends of AH have different keys.
# nodes: a b
# fault: dropped ipsec-policy
build() {
  modprobe ah4
  pair a b 10.192.8
  local node
  for node in a b; do
    auth $node 10.192.8.1 10.192.8.2 0x31 0x0102030405060708090a0b0c0d0e0f10
    auth $node 10.192.8.2 10.192.8.1 0x32 0x0102030405060708090a0b0c0d0e0f10
  done
  wants a 10.192.8.1 10.192.8.2 out
  wants a 10.192.8.2 10.192.8.1 in
  wants b 10.192.8.2 10.192.8.1 out
  wants b 10.192.8.1 10.192.8.2 in
}
auth() {
  ip_ "$1" xfrm state add src "$2" dst "$3" proto ah spi "$4" mode transport auth 'hmac(md5)' "$5"
}
wants() {
  ip_ "$1" xfrm policy add src "$2/32" dst "$3/32" dir "$4" tmpl src "$2" dst "$3" proto ah mode transport
}
fault() {
  ip_ b xfrm state del src 10.192.8.1 dst 10.192.8.2 proto ah spi 0x31
  auth b 10.192.8.1 10.192.8.2 0x31 0xffffffffffffffffffffffffffffffff
}
traffic() { ping_ a 10.192.8.2; }
