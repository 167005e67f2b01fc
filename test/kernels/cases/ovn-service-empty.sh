# The load balancer of OVN has no server for the service that the pod asks.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() {
  switched 10.82.6
  listen b tcp 8080
  ip_ a route add 10.96.6.1 dev eth0
  ip_ a neigh add 10.96.6.1 dev eth0 lladdr "$(mac b eth0)" nud permanent
  nb_ node lb-add lb0 10.96.6.1:80 10.82.6.2:8080
  nb_ node ls-lb-add sw0 lb0
  nb_ node --wait=hv sync
}
fault() {
  nb_ node set load_balancer lb0 'vips:"10.96.6.1:80"=""'
  nb_ node --wait=hv sync
}
traffic() { ask a tcp 10.96.6.1 80; told node; }
