# An ACL of OVN rejects what the one pod asks the other: its controller answers with a reset.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
# besides: refused openvswitch-drop
. /work/ovn.sh
build() {
  switched 10.82.4
  listen b tcp 80
}
fault() {
  nb_ node acl-add sw0 to-lport 1001 'outport == "b" && tcp.dst == 80' reject
  nb_ node --wait=hv sync
}
traffic() { ask a tcp 10.82.4.2 80; told node; }
