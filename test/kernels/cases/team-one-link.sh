# A team of two links has lost the one and goes by the other, which is then lost as well.
# nodes: a b
# fault: dropped link-down
build() {
  modprobe -a team team_mode_activebackup
  ns a b
  ip_ b link add lan type bridge
  ip_ b link set lan up
  local port
  for port in p1 p2; do
    veth a $port b $port
    ip_ a link set $port down
    ip_ b link set $port master lan
  done
  in_ a teamd -d -r -p "/run/$RUN.team.pid" -c '{"device":"team7","runner":{"name":"activebackup"},"link_watch":{"name":"ethtool"},"ports":{"p1":{},"p2":{}}}'
  ip_ a link set team7 up
  address a team7 10.176.0.1/24
  address b lan 10.176.0.2/24
  ip_ a neigh add 10.176.0.2 lladdr "$(mac b lan)" dev team7 nud permanent
  ip_ b link set p1 down
  sleep 1
}
fault() {
  ip_ b link set p2 down
  sleep 1
}
traffic() { ping_ a 10.176.0.2; }
