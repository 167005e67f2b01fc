# A zone of connection tracking may have one connection, and another is to be entered.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.83.15
  stateful
  listen b tcp 80
  app_ node dpctl/ct-set-limits zone=5,limit=1000
}
fault() { app_ node dpctl/ct-set-limits zone=5,limit=1; }
traffic() {
  # One whose both ends have closed it does not count.
  ask a tcp 10.83.15.2 80 8 &
  sleep 4
  ask a tcp 10.83.15.2 80
  wait
  told node
}
