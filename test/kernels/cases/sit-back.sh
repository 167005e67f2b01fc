# The answerer's SIT tunnel sends to an address where nobody has a tunnel for it.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  pair a b 172.24.81
  ip_ a link add sit7 type sit local 172.24.81.1 remote 172.24.81.2
  ip_ b link add sit7 type sit local 172.24.81.2 remote any
  address a e0 172.24.81.11/24
  local node
  for node in a b; do
    in_ $node sysctl -qw net.ipv6.conf.sit7.disable_ipv6=0
    ip_ $node link set sit7 up
  done
  ip_ a addr add fd00:71::1/64 dev sit7 nodad
  ip_ b addr add fd00:71::2/64 dev sit7 nodad
  ip_ b route add fd00:71::1/128 via ::172.24.81.1 dev sit7 onlink
}
fault() { ip_ b route replace fd00:71::1/128 via ::172.24.81.11 dev sit7 onlink; }
traffic() { ping_ a fd00:71::2; }
