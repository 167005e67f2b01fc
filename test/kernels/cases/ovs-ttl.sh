# A flow routes, so that a packet with a TTL of one ends there.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.10
  flow_ node br0 "priority=100,ip,in_port=20,actions=dec_ttl,output:21"
  flow_ node br0 "priority=100,ip,in_port=21,actions=dec_ttl,output:20"
  touch "/run/$RUN.far"
}
fault() { rm "/run/$RUN.far"; }
traffic() {
  local ttl=1
  [ ! -e "/run/$RUN.far" ] || ttl=64
  asks a 10.83.10.2 -t $ttl
  told node
}
