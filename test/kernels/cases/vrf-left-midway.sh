# A router's device to the server leaves its VRF while they talk, so that answers find no way back in the main table.
# nodes: a r b
# fault: dropped no-route
. /work/routed.sh
build() {
  modprobe vrf
  routed 10.4
  ip_ r link add red type vrf table 10
  ip_ r link set red up
  ip_ r link set e0 master red
  ip_ r link set e1 master red
}
fault() { touch "/tmp/$RUN.leaves"; }
traffic() {
  ping_ a 10.4.2.1
  if [ -e "/tmp/$RUN.leaves" ]; then ip_ r link set e1 nomaster; fi
  ping_ a -c 3 10.4.2.1
}
