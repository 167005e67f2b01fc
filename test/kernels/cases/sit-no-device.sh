# The receiver of a SIT tunnel (IPv6 in IPv4) expects another sender, so that it has no device for it.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  pair a b 172.20.6
  ip_ a link add t0 type sit local 172.20.6.1 remote 172.20.6.2
  ip_ b link add t0 type sit local 172.20.6.2 remote 172.20.6.1
  local node
  for node in a b; do
    in_ $node sysctl -qw net.ipv6.conf.t0.disable_ipv6=0
    ip_ $node link set t0 up
  done
  ip_ a addr add fd00:228::1/64 dev t0 nodad
  ip_ b addr add fd00:228::2/64 dev t0 nodad
}
fault() { ip_ b link set t0 type sit remote 172.20.6.77; }
traffic() { ping_ a fd00:228::2; }
