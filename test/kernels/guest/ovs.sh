# Open vSwitch with the kernel's datapath, a daemon for each namespace that has one.
# ovs NAME: starts it there.
ovs() {
  local home
  modprobe -a openvswitch vport-vxlan nf_nat
  home=$(ovs_home "$1")
  mkdir -p "$home"
  [ -e /run/ovs/conf.db ] ||
    ovsdb-tool create /run/ovs/conf.db /usr/share/openvswitch/vswitch.ovsschema
  cp /run/ovs/conf.db "$home/conf.db"
  ovs_in "$1" ovsdb-server "$home/conf.db" --remote="punix:$home/db.sock" \
    --pidfile="$home/ovsdb.pid" --detach --no-chdir --log-file="$home/ovsdb.log"
  vs_ "$1" --no-wait init
  # It reads devices in /sys, too, which must be of its namespace.
  ovs_in "$1" ip netns exec "$RUN.$1" ovs-vswitchd "unix:$home/db.sock" --pidfile="$home/vs.pid" --detach --no-chdir \
    --log-file="$home/vs.log"
  # Emulated, the state is read minutes later, and a flow lives ten seconds by itself.
  vs_ "$1" set Open_vSwitch . other_config:max-idle=3600000
}

# Its files, and what its tools complain of, of which the last words are told where one fails.
ovs_home() { echo "/run/ovs/$RUN.$1"; }
ovs_in() {
  local name=$1 home status
  shift
  home=$(ovs_home "$name")
  OVS_RUNDIR=$home OVS_LOGDIR=$home OVS_DBDIR=$home in_ "$name" "$@" 2>>"$home/said" || {
    status=$?
    tail -n 3 "$home/said" >&2
    return $status
  }
}

# vs_ NAME WORDS...: ovs-vsctl. of_ NAME BRIDGE COMMAND WORDS...: ovs-ofctl.
vs_() { local name=$1; shift; ovs_in "$name" ovs-vsctl --timeout=60 --db="unix:$(ovs_home "$name")/db.sock" "$@"; }
of_() { local name=$1 bridge=$2 what=$3; shift 3; ovs_in "$name" ovs-ofctl -O OpenFlow14 "$what" "unix:$(ovs_home "$name")/$bridge.mgmt" "$@"; }
flow_() { of_ "$1" "$2" add-flow "$3"; }
app_() { local name=$1 home; shift; home=$(ovs_home "$name"); ovs_in "$name" ovs-appctl -t "$home/ovs-vswitchd.$(cat "$home/vs.pid").ctl" "$@"; }

# port NAME BRIDGE DEVICE NUMBER WORDS...: a port, with the settings of its interface.
port() {
  local name=$1 bridge=$2 device=$3 number=$4
  shift 4
  vs_ "$name" add-port "$bridge" "$device" -- set interface "$device" "ofport_request=$number" "$@"
}

# sdn: the network of incident I2. A pod asks a ClusterIP, which br0 translates; a patch pair leads to
# br-ext, whose port is the machine's own device.
sdn() {
  ns node pod fabric
  ovs node
  vs_ node add-br br0 -- set bridge br0 fail_mode=secure
  vs_ node add-br br-ext -- set bridge br-ext fail_mode=secure
  port node br0 eth-int 2 type=patch options:peer=eth-ext
  port node br-ext eth-ext 2 type=patch options:peer=eth-int
  veth node enp1s0 fabric eth0
  ip_ fabric link set eth0 address 02:00:00:00:00:fe
  address fabric eth0 10.16.203.160/24
  ip_ fabric route add 192.100.0.0/24 dev eth0
  port node br-ext enp1s0 1
  veth node if2090037512165 pod eth0
  ip_ pod link set eth0 address 02:00:00:00:00:31
  address pod eth0 192.100.0.31/24
  ip_ pod route add default via 192.100.0.1
  ip_ pod neigh add 192.100.0.1 dev eth0 lladdr 02:00:00:00:00:fe nud permanent
  ip_ fabric neigh add 192.100.0.31 dev eth0 lladdr 02:00:00:00:00:31 nud permanent
  port node br0 if2090037512165 3
  flow_ node br0 "cookie=0x1a,priority=200,tcp,nw_src=192.100.0.31,nw_dst=10.96.0.1,tp_dst=443,actions=ct(commit,zone=1,nat(dst=10.16.203.160:6443),table=1)"
  flow_ node br0 "cookie=0x1b,priority=150,tcp,in_port=2,nw_src=10.16.203.160,actions=ct(zone=1,nat,table=1)"
  flow_ node br0 "table=1,priority=100,ip,nw_src=192.100.0.31,actions=output:2"
  flow_ node br0 "table=1,priority=100,ip,nw_dst=192.100.0.31,actions=output:3"
  flow_ node br-ext "priority=100,in_port=2,actions=output:1"
  flow_ node br-ext "priority=100,in_port=1,actions=output:2"
  listen fabric tcp 6443
}
# behind NETWORK: a and b behind br0, by its ports 20 and 21, with each other's link addresses known.
behind() {
  ns node a b
  ovs node
  vs_ node add-br br0 -- set bridge br0 fail_mode=secure
  veth node pa a eth0
  veth node pb b eth0
  port node br0 pa 20
  port node br0 pb 21
  address a eth0 "$1.1/24"
  address b eth0 "$1.2/24"
  ip_ a neigh add "$1.2" dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add "$1.1" dev eth0 lladdr "$(mac a eth0)" nud permanent
}
# stateful: flows of br0 by which a connection may begin on either side, and what belongs to none is
# dropped.
stateful() {
  flow_ node br0 "priority=100,ip,actions=ct(table=1,zone=5)"
  flow_ node br0 "table=1,priority=200,ct_state=+inv+trk,ip,actions=drop"
  flow_ node br0 "table=1,priority=100,ct_state=+new+trk,ip,actions=ct(commit,zone=5),resubmit(,2)"
  flow_ node br0 "table=1,priority=100,ct_state=+est+trk,ip,actions=resubmit(,2)"
  flow_ node br0 "table=2,priority=100,in_port=20,actions=output:21"
  flow_ node br0 "table=2,priority=100,in_port=21,actions=output:20"
}
# six NAME ADDRESS/LENGTH: an address of IPv6 of its eth0, which is there at once.
six() {
  in_ "$1" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0 net.ipv6.conf.eth0.accept_dad=0 \
    net.ipv6.conf.eth0.router_solicitations=0
  ip_ "$1" addr add "$2" dev eth0 nodad
}
# asks NAME ADDRESS WORDS...: pings whose first answer may take as long as an emulated daemon does.
asks() { local name=$1 to=$2; shift 2; ping_ "$name" -W 6 "$@" "$to"; }
ask_service() { ask pod tcp 10.96.0.1 443; }

# tunnelled: a host behind an Open vSwitch with a vxlan port that takes its key from flows, and a peer
# whose vxlan is the kernel's own.
tunnelled() {
  ns node host peer
  ovs node
  veth node u0 peer u0
  address node u0 172.31.0.1/24
  address peer u0 172.31.0.2/24
  vs_ node add-br br-tun -- set bridge br-tun fail_mode=secure
  veth node h1p host eth0
  ip_ host link set eth0 address 02:00:00:00:07:01
  address host eth0 10.77.0.1/24
  port node br-tun h1p 1
  port node br-tun vx0 2 type=vxlan options:remote_ip=172.31.0.2 options:key=flow
  ip_ peer link add vx type vxlan id 77 remote 172.31.0.1 dstport 4789 dev u0
  ip_ peer link set vx address 02:00:00:00:07:77
  ip_ peer link set vx up
  address peer vx 10.77.0.2/24
  ip_ host neigh add 10.77.0.2 dev eth0 lladdr 02:00:00:00:07:77 nud permanent
  ip_ peer neigh add 10.77.0.1 dev vx lladdr 02:00:00:00:07:01 nud permanent
  flow_ node br-tun "priority=100,ip,in_port=1,actions=set_field:77->tun_id,output:2"
  flow_ node br-tun "priority=100,ip,in_port=2,actions=output:1"
}

# told NAME: what its datapath does, into the run's log. Emulated, each command takes a second.
told() { app_ "$1" dpctl/dump-flows -m || true; }
