# The host behind the router is gone: nobody answers who asks for its link address.
# nodes: a r b
# fault: dropped neighbour-unresolved
. /work/routed.sh
build() { routed 10.147; }
fault() { ip_ b addr del 10.147.2.1/24 dev e0; }
traffic() { in_ a ping -n -c 2 -i 0.3 -W 4 10.147.2.1 || true; }
