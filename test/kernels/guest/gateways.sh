# Two hosts behind two gateways, which a link joins: for tunnels between the gateways.
# gateways NETWORK UNDERLAY: left, gw1, gw2 and right: NETWORK.1.2, .1.1, .2.1 and .2.2; wan of the gateways UNDERLAY.1 and .2.
gateways() {
  ns left gw1 gw2 right
  veth left e0 gw1 lan
  veth gw1 wan gw2 wan
  veth gw2 lan right e0
  address left e0 "$1.1.2/24"
  address gw1 lan "$1.1.1/24"
  address gw1 wan "$2.1/24"
  address gw2 wan "$2.2/24"
  address gw2 lan "$1.2.1/24"
  address right e0 "$1.2.2/24"
  forwards gw1
  forwards gw2
  ip_ left route add default via "$1.1.1"
  ip_ right route add default via "$1.2.1"
}
