# What the flow puts into the tunnel is too large for the way beneath with the tunnel's headers.
# nodes: node=node,host peer
# fault: dropped mtu-exceeded
. /work/ovs.sh
build() { tunnelled; touch "/run/$RUN.small"; }
fault() { rm "/run/$RUN.small"; }
traffic() {
  local size=1472
  [ ! -e "/run/$RUN.small" ] || size=1400
  asks host 10.77.0.2 -M do -s $size
  told node
}
