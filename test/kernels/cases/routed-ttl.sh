# What is sent may pass no router; the healthy one may pass one.
# nodes: a r b
# fault: dropped ttl-exceeded
. /work/routed.sh
build() { routed 10.146; touch "/run/$RUN.two"; }
fault() { rm "/run/$RUN.two"; }
traffic() {
  local hops=1
  [ ! -e "/run/$RUN.two" ] || hops=2
  ping_ a -t $hops 10.146.2.1
}
