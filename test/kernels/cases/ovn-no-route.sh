# The logical router between two switches has no route to the other pod's network.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() {
  local port number=1
  ns node a b
  ovn node
  nb_ node lr-add lr0
  for port in a b; do
    veth node "p$port" $port eth0
    address $port eth0 "10.82.8$number.5/24"
    nb_ node ls-add "sw-$port" -- lsp-add "sw-$port" $port -- lsp-set-addresses $port "$(mac $port eth0) 10.82.8$number.5"
    nb_ node lrp-add lr0 "lr-$port" "0a:00:00:82:08:0$number" "10.82.8$number.1/24" \
      -- lsp-add "sw-$port" "sw-$port-lr" -- lsp-set-type "sw-$port-lr" router \
      -- lsp-set-addresses "sw-$port-lr" router -- lsp-set-options "sw-$port-lr" "router-port=lr-$port"
    ip_ $port route add default via "10.82.8$number.1"
    ip_ $port neigh add "10.82.8$number.1" dev eth0 lladdr "0a:00:00:82:08:0$number" nud permanent
    number=$((number + 1))
  done
  bound
}
fault() {
  nb_ node lrp-del lr-b
  nb_ node --wait=hv sync
}
traffic() { asks a 10.82.82.5; told node; }
