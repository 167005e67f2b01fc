# A GRE tunnel takes its packets' TTL from what is inside, which is one, and a router is on the way.
# nodes: a r b
# fault: dropped ttl-exceeded
. /work/routed.sh
build() {
  routed 10.96
  ip_ a link add g1 type gre local 10.96.1.1 remote 10.96.2.1 ttl inherit nopmtudisc
  ip_ b link add g1 type gre local 10.96.2.1 remote 10.96.1.1 ttl 64
  joined_by g1 10.97.1
}
fault() { in_ a sysctl -qw net.ipv4.ip_default_ttl=1; }
traffic() { ping_ a 10.97.1.2; }
