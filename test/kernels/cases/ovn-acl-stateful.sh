# OVN's ACLs allow one port with its answers, and deny the rest, as network policies do.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() {
  switched 10.82.2
  listen b tcp 80
  listen b tcp 8080
  nb_ node acl-add sw0 to-lport 1000 'outport == "b" && ip' drop
  nb_ node acl-add sw0 to-lport 1001 'outport == "b" && tcp.dst == {80, 8080}' allow-related
  nb_ node --wait=hv sync
}
fault() {
  nb_ node acl-del sw0 to-lport 1001 'outport == "b" && tcp.dst == {80, 8080}'
  nb_ node acl-add sw0 to-lport 1001 'outport == "b" && tcp.dst == 80' allow-related
  nb_ node --wait=hv sync
}
traffic() { ask a tcp 10.82.2.2 8080; told node; }
