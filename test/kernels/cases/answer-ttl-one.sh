# Who is asked gives its packets a TTL of one, so that its answers die at the router.
# nodes: a r b
# fault: dropped ttl-exceeded
. /work/routed.sh
build() {
  routed 10.95
  listen b tcp 8080
}
fault() { in_ b sysctl -qw net.ipv4.ip_default_ttl=1; }
traffic() { ask a tcp 10.95.2.1 8080; }
