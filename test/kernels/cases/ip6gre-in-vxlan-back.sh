# GRE over IPv6 inside a vxlan: the asker's GRE has another key for what comes back.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  modprobe ip6_gre
  pair a b 172.21.13
  local node own=1
  for node in a b; do
    ip_ $node link add vx0 type vxlan id 13 local 172.21.13.$own remote 172.21.13.$((3 - own)) dstport 4789
    in_ $node sysctl -qw net.ipv6.conf.vx0.disable_ipv6=0 net.ipv6.conf.vx0.accept_dad=0 net.ipv6.conf.vx0.router_solicitations=0
    ip_ $node link set vx0 up
    ip_ $node addr add fd00:13::$own/64 dev vx0 nodad
    ip_ $node link add g6 type ip6gre local fd00:13::$own remote fd00:13::$((3 - own)) key 13
    own=2
  done
  joined_by g6 10.13.0
  ip_ a neigh add fd00:13::2 lladdr "$(mac b vx0)" dev vx0
  ip_ b neigh add fd00:13::1 lladdr "$(mac a vx0)" dev vx0
}
fault() { ip_ a link set g6 type ip6gre local fd00:13::1 remote fd00:13::2 ikey 14 okey 13; }
traffic() { ping_ a 10.13.0.2; }
