# The team's port was taken out and put in again, and no daemon says which port is the active one.
# nodes: a b
# fault: dropped link-down
build() {
  modprobe -a team team_mode_activebackup
  ns a b
  veth a e0 b e0
  ip_ a link set e0 down
  ip_ a link add team0 type team
  in_ a teamnl team0 setoption mode activebackup
  # Without a daemon a port keeps its own.
  ip_ a link set e0 address "$(mac a team0)"
  ip_ a link set e0 master team0
  ip_ a link set team0 up
  in_ a teamnl team0 setoption activeport "$(ip_ a -o link show e0 | cut -d: -f1)"
  address a team0 10.190.6.1/24
  address b e0 10.190.6.2/24
  ip_ a neigh add 10.190.6.2 lladdr "$(mac b e0)" dev team0
}
fault() {
  ip_ a link set e0 nomaster
  ip_ a link set e0 down
  ip_ a link set e0 master team0
}
traffic() { ping_ a 10.190.6.2; }
