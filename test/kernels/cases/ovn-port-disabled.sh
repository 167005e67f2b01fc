# The other pod's logical port is disabled.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() { switched 10.82.7; }
fault() { nb_ node lsp-set-enabled b disabled; nb_ node --wait=hv sync; }
traffic() { asks a 10.82.7.2; told node; }
