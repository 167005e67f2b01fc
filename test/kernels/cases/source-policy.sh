# A host with two uplinks sends by its address to one of two routers; the rule for the second address is gone, and the first router takes no such source.
# nodes: a r1 r2 b
# fault: dropped reverse-path-filter
build() {
  ns a r1 r2 b
  local i
  for i in 1 2; do
    veth a e$i r$i e0
    veth r$i e1 b e$i
    address a e$i 10.80.$i.1/24
    address r$i e0 10.80.$i.254/24
    address r$i e1 10.80.1$i.254/24
    address b e$i 10.80.1$i.1/24
    forwards r$i
    in_ r$i sysctl -qw net.ipv4.conf.e0.rp_filter=1
    ip_ a route add default via 10.80.$i.254 table 10$i
    ip_ a rule add from 10.80.$i.1 table 10$i pref 10$i
    ip_ b route add 10.80.$i.0/24 via 10.80.1$i.254
  done
  in_ a sysctl -qw net.ipv4.conf.all.rp_filter=2
  ip_ a route add default via 10.80.1.254
  ip_ b addr add 10.80.99.1/32 dev lo
  ip_ r1 route add 10.80.99.1 via 10.80.11.1
  ip_ r2 route add 10.80.99.1 via 10.80.12.1
}
fault() { ip_ a rule del pref 102; }
traffic() { ping_ a 10.80.99.1; ping_ a -I 10.80.2.1 10.80.99.1; }
