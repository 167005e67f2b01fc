# The far gateway of an IPIP tunnel has a route that drops what goes back to the asker's network.
# nodes: left gw1 gw2 right
# fault: dropped route-blackhole
. /work/gateways.sh
build() {
  gateways 10.245 172.29.2
  ip_ gw1 link add tun type ipip local 172.29.2.1 remote 172.29.2.2
  ip_ gw2 link add tun type ipip local 172.29.2.2 remote 172.29.2.1
  ip_ gw1 link set tun up
  ip_ gw2 link set tun up
  ip_ gw1 route add 10.245.2.0/24 dev tun
  ip_ gw2 route add 10.245.1.0/24 dev tun metric 100
}
fault() { ip_ gw2 route add blackhole 10.245.1.0/25 metric 5; }
traffic() { ping_ left 10.245.2.2; }
