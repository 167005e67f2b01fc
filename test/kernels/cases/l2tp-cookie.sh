# Two ends of L2TPv3 over UDP: one writes another cookie into what it sends than its peer wants, also into its questions for link addresses.
# nodes: a b
# fault: dropped tunnel-options-mismatch
# besides: dropped neighbour-unresolved, unanswered neighbour-unresolved
build() {
  modprobe l2tp_eth
  pair a b 172.25.92
  end a 1 2 10 20 0123456789abcdef 0123456789abcdef
  end b 2 1 20 10 0123456789abcdef 0123456789abcdef
  joined_by l2tp0 10.193.3
  ip_ a neigh add 10.193.3.2 lladdr "$(mac b l2tp0)" dev l2tp0
}
# end NODE OWN OTHER ID PEER COOKIE PEER_COOKIE
end() {
  ip_ "$1" l2tp add tunnel tunnel_id "$4" peer_tunnel_id "$5" encap udp local "172.25.92.$2" remote "172.25.92.$3" \
    udp_sport 1701 udp_dport 1701
  ip_ "$1" l2tp add session name l2tp0 tunnel_id "$4" session_id "${4}0" peer_session_id "${5}0" cookie "$6" peer_cookie "$7"
}
fault() {
  local mac; mac=$(mac b l2tp0)
  ip_ b l2tp del session tunnel_id 20 session_id 200
  ip_ b l2tp add session name l2tp0 tunnel_id 20 session_id 200 peer_session_id 100 cookie fedcba9876543210 \
    peer_cookie 0123456789abcdef
  ip_ b link set l2tp0 address "$mac" up
  address b l2tp0 10.193.3.2/24
}
traffic() { ping_ a 10.193.3.2; }
