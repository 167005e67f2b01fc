# Two ends of L2TPv3 over IP: the receiver's session has another id than the sender asks for.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  modprobe l2tp_eth
  modprobe l2tp_ip
  pair a b 172.25.91
  end a 1 2 10 20
  end b 2 1 20 10
  joined_by l2tp0 10.193.2
}
# end NODE OWN OTHER ID PEER
end() {
  ip_ "$1" l2tp add tunnel tunnel_id "$4" peer_tunnel_id "$5" encap ip local "172.25.91.$2" remote "172.25.91.$3"
  ip_ "$1" l2tp add session name l2tp0 tunnel_id "$4" session_id "${4}0" peer_session_id "${5}0"
}
fault() {
  local mac; mac=$(mac b l2tp0)
  ip_ a neigh add 10.193.2.2 lladdr "$mac" dev l2tp0
  ip_ b l2tp del session tunnel_id 20 session_id 200
  ip_ b l2tp add session name l2tp0 tunnel_id 20 session_id 201 peer_session_id 100
  ip_ b link set l2tp0 address "$mac" up
  address b l2tp0 10.193.2.2/24
}
traffic() { ping_ a 10.193.2.2; }
