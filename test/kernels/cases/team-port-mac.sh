# A port of a team has another link address than the team, so the kernel takes what comes in for another host's.
# nodes: a b
# fault: dropped destination-mac-mismatch
build() {
  modprobe -a team team_mode_activebackup
  ns a b
  veth a e0 b e0
  ip_ a link set e0 down
  ip_ a link add team0 type team
  in_ a teamnl team0 setoption mode activebackup
  ip_ a link set e0 address "$(mac a team0)"
  ip_ a link set e0 master team0
  ip_ a link set team0 up
  in_ a teamnl team0 setoption activeport "$(ip_ a -o link show e0 | cut -d: -f1)"
  address a team0 10.177.96.1/24
  address b e0 10.177.96.2/24
  ip_ a neigh add 10.177.96.2 lladdr "$(mac b e0)" dev team0
}
fault() { ip_ a link set e0 address 02:00:00:00:96:77; }
traffic() { ping_ a 10.177.96.2; }
