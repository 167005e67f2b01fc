# The only device of the team has lost its carrier: the other end is down, so that no question for its link address is answered.
# nodes: a b
# fault: dropped link-down
build() {
  modprobe -a team team_mode_activebackup
  ns a b
  veth a e0 b e0
  address b e0 10.230.0.2/24
  ip_ a link set e0 down
  teamed a '{"device":"team0","runner":{"name":"activebackup"},"link_watch":{"name":"ethtool"},"ports":{"e0":{}}}'
  ip_ a link set team0 up
  address a team0 10.230.0.1/24
}
fault() { ip_ b link set e0 down; }
traffic() { ping_ a 10.230.0.2; }
# teamed NAME CONFIGURATION: a daemon there.
teamed() { in_ "$1" teamd -d -r -p "/run/$RUN.team.pid" -c "$2"; }
