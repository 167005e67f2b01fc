# A policy of the logical router drops what one pod's network sends to the other's, to which it has a route.
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
    address $port eth0 "10.146.$number.2/24"
    ip_ $port route add default via "10.146.$number.1"
    ip_ $port neigh add "10.146.$number.1" dev eth0 lladdr "02:00:00:00:46:0$number" nud permanent
    nb_ node ls-add "sw$port" -- lrp-add lr0 "lr-$port" "02:00:00:00:46:0$number" "10.146.$number.1/24" \
      -- lsp-add "sw$port" "rt-$port" -- lsp-set-type "rt-$port" router \
      -- lsp-set-addresses "rt-$port" router -- lsp-set-options "rt-$port" "router-port=lr-$port" \
      -- lsp-add "sw$port" $port -- lsp-set-addresses $port "$(mac $port eth0) 10.146.$number.2"
    number=$((number + 1))
  done
  bound
}
fault() {
  nb_ node lr-policy-add lr0 100 'ip4.src == 10.146.1.0/24 && ip4.dst == 10.146.2.0/24' drop
  nb_ node --wait=hv sync
}
traffic() { asks a 10.146.2.2; told node; }
