# The far gateway checks strictly where packets come from, and has its way back to the asker's network by another device than the geneve.
# nodes: left gw1 gw2 right
# fault: dropped reverse-path-filter
. /work/gateways.sh
build() {
  gateways 10.244 172.29.1
  ip_ gw1 link add gnv type geneve id 44 remote 172.29.1.2
  ip_ gw2 link add gnv type geneve id 44 remote 172.29.1.1
  ip_ gw1 link set gnv up
  ip_ gw2 link set gnv up
  address gw1 gnv 10.244.9.1/24
  address gw2 gnv 10.244.9.2/24
  ip_ gw1 route add 10.244.2.0/24 via 10.244.9.2
  ip_ gw2 route add 10.244.1.0/24 via 172.29.1.1 metric 50
  ip_ gw1 route add 10.244.7.0/24 dev wan
}
fault() { in_ gw2 sysctl -qw net.ipv4.conf.gnv.rp_filter=1; }
traffic() { ping_ left 10.244.2.2; }
