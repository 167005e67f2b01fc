# A backbone of MPLS: hosts left and right, edges pe1 and pe2, and p between them. Each way has labels of its own.
# backbone NETWORK: left NETWORK.1.2, right NETWORK.2.2; pe1 and p NETWORK.11.1 and .2, p and pe2 NETWORK.12.2 and .1.
backbone() {
  modprobe -a mpls_router mpls_iptunnel
  ns left pe1 p pe2 right
  veth left e0 pe1 lan
  veth pe1 wan p e0
  veth p e1 pe2 wan
  veth pe2 lan right e0
  address left e0 "$1.1.2/24"
  address pe1 lan "$1.1.1/24"
  address pe1 wan "$1.11.1/24"
  address p e0 "$1.11.2/24"
  address p e1 "$1.12.2/24"
  address pe2 wan "$1.12.1/24"
  address pe2 lan "$1.2.1/24"
  address right e0 "$1.2.2/24"
  local node device
  for node in pe1 p pe2; do
    forwards $node
    in_ $node sysctl -qw net.mpls.platform_labels=1000
  done
  for device in pe1/wan p/e0 p/e1 pe2/wan; do
    in_ ${device%/*} sysctl -qw net.mpls.conf.${device#*/}.input=1
  done
  ip_ left route add default via "$1.1.1"
  ip_ right route add default via "$1.2.1"
  ip_ pe1 route add "$1.2.0/24" encap mpls 100 via inet "$1.11.2" dev wan
  ip_ p -f mpls route add 100 as 200 via inet "$1.12.1" dev e1
  ip_ pe2 -f mpls route add 200 via inet "$1.2.2" dev lan
  ip_ pe2 route add "$1.1.0/24" encap mpls 300 via inet "$1.12.2" dev wan
  ip_ p -f mpls route add 300 as 400 via inet "$1.11.1" dev e0
  ip_ pe1 -f mpls route add 400 via inet "$1.1.2" dev lan
}
