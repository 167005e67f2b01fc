# Nothing listens on the SCTP port of an IPv6 server.
# nodes: a b
# fault: refused no-listener
build() {
  modprobe sctp
  pair a b 10.191.31
  local node own
  for node in a b; do
    own=1; [ $node = a ] || own=2
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:33::$own/64 dev e0 nodad
  done
  touch "/run/$RUN.listens"
}
fault() { rm "/run/$RUN.listens"; }
traffic() {
  [ ! -e "/run/$RUN.listens" ] || listen b sctp 7001 six
  ask a sctp fd00:33::2 7001
}
