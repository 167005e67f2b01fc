# OVN's load balancer translates the service's address, and nothing listens at the pod behind it.
# nodes: node=node,a b
# fault: refused no-listener
. /work/ovn.sh
build() {
  switched 10.82.22
  ip_ a route add 10.96.22.22/32 dev eth0
  ip_ a neigh add 10.96.22.22 dev eth0 lladdr "$(mac b eth0)" nud permanent
  nb_ node lb-add lb0 10.96.22.22:80 10.82.22.2:8080 tcp -- ls-lb-add sw0 lb0
  nb_ node --wait=hv sync
  listen b tcp 8080
}
fault() { silence b; sleep 1; }
traffic() { ask a tcp 10.96.22.22 80; told node; }
