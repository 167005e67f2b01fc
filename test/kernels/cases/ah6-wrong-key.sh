# Of IPv6: the two ends of AH have different keys for what the asked host answers.
# nodes: a b
# fault: dropped ipsec-policy
build() {
  modprobe ah6
  ns a b
  veth a e0 b e0
  local node own=1
  for node in a b; do
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0 net.ipv6.conf.e0.router_solicitations=0
    ip_ $node addr add fd00:38::$own/64 dev e0 nodad
    auth $node fd00:38::1 fd00:38::2 0x31 0x0102030405060708090a0b0c0d0e0f10
    auth $node fd00:38::2 fd00:38::1 0x32 0x0102030405060708090a0b0c0d0e0f10
    own=2
  done
  ip_ a neigh add fd00:38::2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add fd00:38::1 lladdr "$(mac a e0)" dev e0
  wants a fd00:38::1 fd00:38::2 out
  wants a fd00:38::2 fd00:38::1 in
  wants b fd00:38::2 fd00:38::1 out
  wants b fd00:38::1 fd00:38::2 in
}
auth() {
  ip_ "$1" xfrm state add src "$2" dst "$3" proto ah spi "$4" mode transport auth 'hmac(md5)' "$5"
}
wants() {
  ip_ "$1" xfrm policy add src "$2/128" dst "$3/128" dir "$4" tmpl src "$2" dst "$3" proto ah mode transport
}
fault() {
  ip_ a xfrm state del src fd00:38::2 dst fd00:38::1 proto ah spi 0x32
  auth a fd00:38::2 fd00:38::1 0x32 0xffffffffffffffffffffffffffffffff
}
traffic() { ping_ a fd00:38::2; }
