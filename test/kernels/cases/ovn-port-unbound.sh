# The device of the other pod's port does not say which logical port it is, so OVN knows no way to it.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() { switched 10.82.3; }
fault() {
  vs_ node remove interface pb external_ids iface-id
  nb_ node --wait=hv sync
}
traffic() { asks a 10.82.3.2; told node; }
