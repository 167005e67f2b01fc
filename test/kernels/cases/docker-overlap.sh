# A server got a network of containers that covers the client's own, so that its answers go to the wrong bridge.
# nodes: a r b=b,pod
# fault: dropped address-overlap
. /work/routed.sh
build() {
  routed 10.147
  ip_ b link add docker0 type bridge
  ip_ b link set docker0 up
  ns pod
  veth pod e0 b vethp
  ip_ b link set vethp master docker0
  address b docker0 10.247.1.1/24
  listen b tcp 8080
}
fault() {
  ip_ b addr del 10.247.1.1/24 dev docker0
  address b docker0 10.147.1.254/24
}
traffic() { ask a tcp 10.147.2.1 8080; }
