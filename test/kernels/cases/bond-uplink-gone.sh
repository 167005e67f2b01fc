# The switch behind the bond's active link has lost its own uplink, of which the bond, watching carriers, knows nothing.
# nodes: a left right core b
# fault: dropped link-down
build() {
  ns a left right core b
  local side
  for side in left right; do
    ip_ $side link add lan type bridge
    ip_ $side link set lan up
    veth a "to-$side" $side down0
    ip_ $side link set down0 master lan
  done
  ip_ core link add lan type bridge
  ip_ core link set lan up
  for side in left right; do
    veth $side up0 core "to-$side"
    ip_ $side link set up0 master lan
    ip_ core link set "to-$side" master lan
  done
  veth core to-b b e0
  ip_ core link set to-b master lan
  ip_ a link add uplink type bond mode active-backup miimon 50
  for side in left right; do
    ip_ a link set "to-$side" down
    ip_ a link set "to-$side" master uplink
  done
  ip_ a link set uplink up
  for side in left right; do ip_ a link set "to-$side" up; done
  ip_ a link set uplink type bond active_slave to-left
  address a uplink 10.140.5.1/24
  address b e0 10.140.5.2/24
  ip_ a neigh add 10.140.5.2 lladdr "$(mac b e0)" dev uplink nud permanent
  in_ left bridge fdb replace "$(mac b e0)" dev up0 master static
}
fault() { ip_ left link set up0 down; }
traffic() { ping_ a 10.140.5.2; }
