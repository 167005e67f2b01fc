# Two servers have one address behind a router that spreads flows by their ports; one of them drops the service's port.
# nodes: client router s1 s2
# fault: slow netfilter-drop
build() {
  ns client router s1 s2
  veth client e0 router e0
  veth router e1 s1 e0
  veth router e2 s2 e0
  address client e0 10.91.10.2/24
  address router e0 10.91.10.1/24
  address router e1 10.91.11.1/24
  address router e2 10.91.12.1/24
  address s1 e0 10.91.11.2/24
  address s2 e0 10.91.12.2/24
  forwards router
  in_ router sysctl -qw net.ipv4.fib_multipath_hash_policy=1
  ip_ client route add default via 10.91.10.1
  local s
  for s in s1 s2; do
    address $s lo 10.91.20.1/32
    listen $s tcp 8080
    in_ $s nft add table inet fw
    in_ $s nft add chain inet fw in '{ type filter hook input priority 0; }'
  done
  ip_ s1 route add default via 10.91.11.1
  ip_ s2 route add default via 10.91.12.1
  ip_ router route add 10.91.20.1 nexthop via 10.91.11.2 nexthop via 10.91.12.2
}
fault() { in_ s2 nft add rule inet fw in tcp dport 8080 counter drop; }
traffic() { local i; for i in 1 2 3 4 5 6; do ask client tcp 10.91.20.1 8080; done; }
