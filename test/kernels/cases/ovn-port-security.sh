# The pod sends from another address than its logical port allows.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() {
  switched 10.82.6
  local port number=1
  for port in a b; do
    nb_ node lsp-set-port-security $port "$(mac $port eth0) 10.82.6.$number"
    number=$((number + 1))
  done
  nb_ node --wait=hv sync
}
fault() {
  ip_ a addr add 10.82.6.7/24 dev eth0
  ip_ b neigh add 10.82.6.7 dev eth0 lladdr "$(mac a eth0)" nud permanent
}
traffic() {
  local from; from=$(ip_ a -o -4 addr show dev eth0 | sed 's/.*inet \([0-9.]*\).*/\1/' | tail -1)
  asks a 10.82.6.2 -I "$from"
  told node
}
