# OVN over the Open vSwitch of a namespace, on one machine: databases, northd and a controller.
. /work/ovs.sh

# ovn NAME: starts all of it there.
ovn() {
  local home which
  modprobe -a openvswitch vport-geneve nf_nat
  ovs "$1"
  home=$(ovs_home "$1")
  for which in nb sb; do
    ovsdb-tool create "$home/ovn$which.db" "/usr/share/ovn/ovn-$which.ovsschema"
    ovn_daemon "$1" ovsdb-server "ovn$which" "$home/ovn$which.db" \
      --remote="punix:$home/ovn${which}_db.sock"
  done
  ovn_daemon "$1" ovn-northd northd --ovnnb-db="unix:$home/ovnnb_db.sock" \
    --ovnsb-db="unix:$home/ovnsb_db.sock"
  vs_ "$1" set Open_vSwitch . external_ids:system-id=chassis external_ids:hostname=chassis \
    "external_ids:ovn-remote=\"unix:$home/ovnsb_db.sock\"" external_ids:ovn-encap-type=geneve \
    external_ids:ovn-encap-ip=127.0.0.1
  ovn_daemon "$1" ovn-controller controller "unix:$home/db.sock"
}
# ovn_daemon NAME PROGRAM FILES WORDS... Its socket of control is where OVN_RUNDIR says: the controller
# of OVN 23.03 (Debian 12) takes no other.
ovn_daemon() {
  local name=$1 program=$2 files home
  home=$(ovs_home "$name")
  files=$home/$3
  shift 3
  OVN_RUNDIR=$home ovs_in "$name" "$program" "$@" --pidfile="$files.pid" \
    --detach --no-chdir --log-file="$files.log"
}
# nb_ NAME WORDS...: ovn-nbctl.
nb_() { local name=$1; shift; ovs_in "$name" ovn-nbctl --timeout=180 --db="unix:$(ovs_home "$name")/ovnnb_db.sock" "$@"; }

# switched NETWORK: a and b on the logical switch sw0, as pods are.
switched() {
  local port number=1
  ns node a b
  ovn node
  nb_ node ls-add sw0
  for port in a b; do
    veth node "p$port" $port eth0
    address $port eth0 "$1.$number/24"
    nb_ node lsp-add sw0 $port -- lsp-set-addresses $port "$(mac $port eth0) $1.$number"
    number=$((number + 1))
  done
  ip_ a neigh add "$1.2" dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add "$1.1" dev eth0 lladdr "$(mac a eth0)" nud permanent
  bound
}
# bound: the ports of the machine are those of the switch.
bound() {
  local port
  for port in a b; do
    vs_ node --may-exist add-port br-int "p$port" -- set interface "p$port" "external_ids:iface-id=$port"
  done
  nb_ node --wait=hv sync
}
